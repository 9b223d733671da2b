"""Tell whether an answer says who wrote it. Pure: texts and names in, a verdict out."""

import re
from collections.abc import Iterator
from enum import StrEnum

from arena.votes.self_identification.names import ANY, EntryNames, Kind, signed, signs
from arena.votes.self_identification.phrases import Language, languages
from arena.votes.self_identification.text import folded, own_words, sentences

_OWN = re.compile(f"[{signs(holding=Kind.OWN)}]")
_MAKER = re.compile(f"[{signs(holding=Kind.MAKER)}]")
_NAMED = re.compile(f"[{ANY}]")
_OWN_MODEL = "".join(sign for sign in signs(holding=Kind.OWN) if sign in signs(holding=Kind.MODEL))
#: An answer that opens with its writer's name and a colon, or is signed with it.
_LABEL = re.compile(rf"^\W*[{_OWN_MODEL}] ?:")
_SIGNED = re.compile(rf"(?:,|\n)[ ]?\n?[ ]?(?:—|–)? ?[{_OWN_MODEL}](?: \([^)\n]{{0,60}}\))?(?: 드림| 올림)?\W{{0,3}}$")


class Said(StrEnum):
    """What an answer says of its writer."""

    NOTHING = "nothing"
    ITSELF = "itself"
    ANOTHER = "another"


def who_it_says(answer: str, entry: EntryNames, *, prompt: str = "") -> Said:
    """Return whether the answer gives its writer's name, or claims the name of another model or maker."""
    text = signed(folded(answer), entry)
    question = signed(folded(prompt), entry)
    if not (_NAMED.search(text) or _NAMED.search(question)):
        return Said.NOTHING
    claims = [_whose(claim) for claim in _claims(own_words(text, ANY), question)]
    return Said.ITSELF if Said.ITSELF in claims else claims[0] if claims else Said.NOTHING


def _whose(claim: str) -> Said:
    return Said.ITSELF if _OWN.search(claim) else Said.ANOTHER


def _claims(text: str, question: str) -> Iterator[str]:
    """Yield the pieces of the text, or of the question that it affirms, by which the writer is named."""
    spoken = [language for language in languages().values() if language.script.search(text + question)]
    if any(language.translate.search(question) for language in spoken) and _NAMED.search(question):
        return
    is_fiction = any(language.fiction.search(question) for language in spoken)
    if not is_fiction:
        yield from _outside_sentences(text, question)
    for language in spoken:
        yield from _replies(language, text, question)
        yield from (claim for claim in _sayings(language, text) if not is_fiction or _MAKER.search(claim))


def _outside_sentences(text: str, question: str) -> Iterator[str]:
    if _NAMED.search(question):
        return
    yield from (match[0] for match in (_LABEL.search(text), _SIGNED.search(text.rstrip())) if match)


def _replies(language: Language, text: str, question: str) -> Iterator[str]:
    """Yield a bare name after "who are you?", and the name in "are you X?" before a yes."""
    start, asked = text[:200], language.asks_name.search(question)
    is_asked = bool(asked or (language.asks.search(question) and not _NAMED.search(question)))
    replies = [language.greeted]
    replies += [language.bare, language.asked] if is_asked else [] if question else [language.opens]
    yield from (match[0] for reply in replies if (match := reply.search(start)))
    if asked and _affirms(language, start):
        yield asked[0]


def _affirms(language: Language, start: str) -> bool:
    yes = language.yes.search(start)
    return yes is not None and not language.not_before.search(start[yes.end() : yes.end() + 30].split(".")[0])


def _sayings(language: Language, text: str) -> Iterator[str]:
    for sentence in sentences(language.denied.sub("", text), ANY):
        for phrase in language.says:
            yield from (match[0] for match in phrase.finditer(sentence) if not _is_denied(language, match))


def _is_denied(language: Language, match: re.Match[str]) -> bool:
    """Tell whether a word of the same clause turns the phrase, as in "I am not X" and "whether I am X"."""
    *_, last = [0, *(end.end() for end in language.clause_end.finditer(match.string, 0, match.start()))]
    before, after = match.string[last : match.end()], match.string[match.end() : match.end() + 8]
    return bool(language.not_before.search(before) or language.not_after.search(after))
