"""The rule for languages: the one language that a prompt is written in."""

import re

from arena.categories.prompt import Prompt, words_of
from arena.markup.languages import language_of

OTHER = "other_language"
_KEYS = {"en": "english", "ko": "korean", "zh": "chinese", "ja": "japanese", "de": "german", "fr": "french"}
_KEYS |= {"es": "spanish", "ru": "russian"}
_READ = 300
_SCRIPTS = {
    "latin": re.compile("[A-Za-z\u00c0-\u024f]"),
    "hangul": re.compile("[\u1100-\u11ff\u3131-\u318e가-힣]"),
    "han": re.compile("[\u3400-\u9fff]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "cyrillic": re.compile("[\u0400-\u04ff]"),
}
#: A syllable or an ideograph counts as so many letters.
_WEIGHT = 2.5
#: The share of the text that is enough: people put English names and error messages into Korean.
_SHARE = 0.4
#: Words that only one of these languages has, for texts with too few letters to guess by.
_TELLING_WORDS = {key: words_of("language", key) for key in ("english", "german", "french", "spanish")}
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_RUSSIAN_ONLY = re.compile("[ёыэ]")
_OTHER_CYRILLIC = re.compile("[іїєґўјљњђћџқңғүұһөә]")


def language_key(prompt: Prompt) -> str:
    """Return the key of the language's category, "other_language" where there is too little to tell."""
    beginning = _INLINE_CODE.sub(" ", prompt.prose)[:_READ]
    if not beginning.isascii() and (key := _of_script(beginning)):
        return key
    code = language_of(beginning)
    return _KEYS.get(code, OTHER) if code else _of_words(prompt.terms)


def _of_words(terms: frozenset[str]) -> str:
    """Return the only language of which a telling word is there, else "other_language"."""
    languages = [key for key, words in _TELLING_WORDS.items() if not terms.isdisjoint(words)]
    return languages[0] if len(languages) == 1 else OTHER


def _of_script(text: str) -> str:
    """Return the language that the script alone tells, or ""."""
    letters = {name: len(script.findall(text)) for name, script in _SCRIPTS.items()}
    east_asian = _WEIGHT * (letters["hangul"] + letters["han"] + letters["kana"])
    least = _SHARE * (letters["latin"] + letters["cyrillic"] + east_asian)
    if _WEIGHT * letters["hangul"] > least:
        return "korean"
    if _WEIGHT * (letters["han"] + letters["kana"]) > least:
        return "japanese" if 10 * letters["kana"] > letters["han"] else "chinese"
    if letters["cyrillic"] > least and _RUSSIAN_ONLY.search(text.lower()):
        return OTHER if _OTHER_CYRILLIC.search(text.lower()) else "russian"
    return ""
