"""The rule for instructions: a prompt that limits the form of its answer so that the answer can be checked for it."""

import re

from arena.categories.prompt import Prompt, words_of

_NUMBER = r"(?:\d[\d,]{0,6}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred)"
_UNIT = (
    r"(?:words?|sentences?|paragraphs?|lines?|bullet ?points?|bullets?|characters|letters|syllables?|tokens|rows|"
    r"columns|steps|sections|stanzas|h[1-6])\b"
)
_LAYOUT = (
    r"(?:table|json|csv|yaml|xml|markdown|bullet ?points?|bullet(?:ed)? list|numbered list|list(?! comprehension)|"
    r"all caps|(?:all )?(?:lower|upper) ?case|iambic pentameter|code block)\b"
)
_SPOKEN = r"(?:english|spanish|korean|french|german|chinese|japanese)"
_ENGLISH = re.compile(
    r"\b(?:"
    + "|".join(
        (
            # length and number
            rf"(?<!top-){_NUMBER}[- ](?:short |full |bullet )?{_UNIT}",
            rf"{_NUMBER} words or (?:less|fewer)",
            r"in (?:a|a single) (?:sentence|paragraph|line)\b",
            r"(?:list|give|name|write|suggest|provide|generate|show|propose)(?: me| us)?"
            rf"(?: the| a list of)?(?: top| exactly)? {_NUMBER} \w",
            # layout
            rf"(?:in|as|into|using) (?:an? )?(?:\w+ ){{0,2}}?{_LAYOUT}",
            rf"with (?:a )?{_LAYOUT}",
            r"(?:all caps|lowercase|uppercase|bullet list|table with)\b",
            r"(?:one (?:\w{1,20} )?per line|separate lines?|separated by|alphabetical order)\b",
            r"format: |(?:in the|following) format|(?:with|use) (?:sub)?headings",
            # this and nothing else
            r"(?:reply|answer|respond|output|return|print|give|show)\b[^.?!\n]{0,60}\bonly\b",
            r"only (?:\w+ )?(?:output|reply|answer|respond|return|give|print|the)\b",
            r"nothing else\b|no explanations?\b|just the (?:number|answer|name|result)",
            rf"(?:reply|respond|answer)(?: only)? in {_SPOKEN}",
            # words to use or to avoid
            r"without (?:using )?(?:the )?(?:letters?|words?|bullet|commas?)",
            r"(?:do not|don't|never|must not|avoid|no) "
            r"(?:us(?:e|ing)|contain|includ|mention|start|begin|bullet|emojis?|commas)",
            r"must (?:not )?(?:contain|include|start|end|begin|be written)|use (?:only )?(?:the )?words?\b",
            r"(?:start|begin|end|finish)s? (?:each|every|your|the answer|with the|with a)",
            # a form of verse
            r"(?<!is a )(?:haiku|sonnet|acrostic|limerick)\b|rhym(?:e|es|ing)\b",
        )
    )
    + ")"
)
#: Without one of these words, or one of the next and a digit, nothing above matches; looking them up is quicker.
_SIGNS = words_of("instructions", "signs")
_COUNTING = words_of("instructions", "counting")
_DIGIT = re.compile(r"\d")
_KOREAN_NUMBER = r"(?:\d{1,6}|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)"
_KOREAN = re.compile(
    "|".join(
        (
            rf"{_KOREAN_NUMBER} ?(?:문장|문단|줄|단어|글자|자|단락) ?"
            r"(?:으로|로|이내|이하|이상|내외|씩|안|를 넘|의|을|짜리)",
            rf"{_KOREAN_NUMBER} ?(?:가지|개)(?:만|씩|로|를)? ?(?:\w{{1,20}} )?"
            r"(?:목록|알려|나열|써|적|번호|꼽|추천|정리|,)",
            r"\d줄 ?요약|(?<![가-힣])표로|목록으로|번호를? ?매겨|json|csv|마크다운|글머리|소제목|형식(?:으로|을 지)",
            r"(?:로|으로)만 ?(?:답|대답|작성|말|써|출력)|만 (?:출력|답|대답|보여|알려|말)|설명 ?없이|[가-힣]어로만",
            r"쓰지 ?말|사용하지 ?(?:말|않)|말고 (?:결과|존댓말|반말)|존댓말로|반말로|빼고 (?:써|말|설명)",
            r"(?:이|삼|사|오)행시|시조|(?:으로|로) 시작|(?:으로|로) 끝(?:나|내)",
        )
    )
)
_OTHER_NUMBER = (
    r"(?:\d{1,6}|zwei|drei|vier|fünf|zehn|deux|trois|cinq|dix|dos|tres|cinco|diez|дв\w|тр[её]\w|пят\w)\w{0,4}"
)
_CHINESE_NUMBER = r"[一二三四五六七八九十\d]{1,6}"
_OTHER = re.compile(
    rf"{_OTHER_NUMBER} (?:sätze|zeile|absätze|absatz|wörter|stichpunkt|phrases|mots|lignes|frases|"
    r"palabras|líneas|párrafos|предложени|слов|строк|абзац)|(?:als|in (?:einer|form einer)) (?:tabelle|liste)|"
    r"sous forme de|"
    r"en una tabla|en forma de|в виде|solo con|nur mit|uniquement|únicamente|solamente|"
    rf"{_CHINESE_NUMBER} ?(?:句|个字|字以内|行|段)|[用以]表格|只(?:输出|回答|给出)|"
    rf"{_CHINESE_NUMBER}つの文|文字以内|表にして|箇条書き|だけ(?:答|出力)"
)


def has_instructions(prompt: Prompt, *, language: str) -> bool:
    """Return whether the prompt says how long, in which layout, or with which words to answer."""
    if language == "korean":
        return bool(_KOREAN.search(prompt.lowered))
    if language != "english" and _OTHER.search(prompt.lowered):
        return True
    return _may_match(prompt) and bool(_ENGLISH.search(prompt.lowered))


def _may_match(prompt: Prompt) -> bool:
    if not prompt.terms.isdisjoint(_SIGNS):
        return True
    return not prompt.terms.isdisjoint(_COUNTING) and bool(_DIGIT.search(prompt.lowered))
