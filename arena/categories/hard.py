"""The rule for hard prompts: how many of seven criteria seem to hold, each judged by what can be counted.

The criteria are those of "Hard Prompts" (LMSYS, 2024), where a language model judges them; here a rule does.
"""

import re

from arena.categories.lengths import words
from arena.categories.prompt import Prompt, words_of

ENOUGH = 5
MIN_WORDS = 20
_SPECIFIC_WORDS = 40
_SPECIFIC_NUMBERS = 3
_PARTS = 3
_LEARNED_WORDS = 4
#: Learned words are long: they have so many letters, in Korean with its particles.
_LEARNED, _LEARNED_KOREAN = 9, 5
_DIGITS = re.compile(r"\d+")
_QUESTIONS = words_of("hard", "questions")
_SOLVING = words_of("hard", "solving")
_MAKING = words_of("hard", "making")
_TASKS = _SOLVING | words_of("hard", "tasks")
_EAST_ASIAN_SOLVING = re.compile(
    "설계|증명|비교|분석|원인|판단|검토|좁히|검증|계산|왜|如何|原因|验证|分析|比较|设计|证明"
)
_EAST_ASIAN_MAKING = re.compile("설계|제안|계획|세워|세우|작성|만들|해야|어떤|보고서|设计|提出|应该")
_EAST_ASIAN_PARTS = re.compile(
    "비교|설명|분석|방법|순서|계획|어떻게|무엇|어떤|이유|왜|는지|할지|제안|검토|나누|구분|적으|증명|얼마나|단계|"
    "如何|哪些|原因|说明|应该|以及|并"
)
_EXACT = re.compile(
    r"\b(?:trade-?offs?|evidence|assumptions?|mechanisms?\b|hypothes[ei]s|confounder|statute|complexity|latency|"
    r"sample size|error rate|criteria|metrics?\b|threat|mg\b|identification|regulation|risks?\b|reliability|"
    r"evidenz|messung|datos)|±|°|기전|근거|증거|지표|유의|가설|조문|효력|신뢰도|수치|시험"
)
_REAL = re.compile(
    r"\b(?:our|we|my|i (?:have|run|manage|get|ran)|hospital|patients?|customers?|company|companies|board|startup|"
    r"team|city|users?|service|server|clients?|costs?|budget|production|practitioner|kosten|wirtschaft\w*|economía)\b|"
    r"우리|저희|환자|고객|서비스|직원|운영|비용|회사|이사회|계약|구매|服务"
)


def is_hard(prompt: Prompt, *, code: bool, math: bool, creative: bool) -> bool:
    """Return whether at least five of seven criteria hold, knowledge of a field or technical accuracy among them."""
    length = words(prompt.prose)
    if length < MIN_WORDS:
        return False
    exact = code or math
    knowledge = exact or _learned(prompt) >= _LEARNED_WORDS
    signs = (
        knowledge,
        _parts(prompt) >= _PARTS,
        _holds(prompt, _SOLVING, _EAST_ASIAN_SOLVING),
        creative or _holds(prompt, _MAKING, _EAST_ASIAN_MAKING),
        length >= _SPECIFIC_WORDS or len(_DIGITS.findall(prompt.prose)) >= _SPECIFIC_NUMBERS,
    )
    if sum(signs) < ENOUGH - 2:
        return False
    accuracy = exact or bool(_EXACT.search(prompt.lowered))
    real = bool(_REAL.search(prompt.lowered))
    # A dilemma of everyday life may show all the other signs.
    return (knowledge or accuracy) and sum(signs) + accuracy + real >= ENOUGH


def _holds(prompt: Prompt, terms: frozenset[str], east_asian: re.Pattern[str]) -> bool:
    if not prompt.terms.isdisjoint(terms):
        return True
    return not prompt.lowered.isascii() and bool(east_asian.search(prompt.lowered))


def _parts(prompt: Prompt) -> int:
    """Return how many things are asked for, one after the other."""
    requests = sum(word in _TASKS or word in _QUESTIONS for word in prompt.words)
    if prompt.lowered.isascii():
        return requests
    return requests + len(_EAST_ASIAN_PARTS.findall(prompt.lowered))


def _learned(prompt: Prompt) -> int:
    return sum(len(word) >= (_LEARNED_KOREAN if "가" <= word[0] <= "힣" else _LEARNED) for word in set(prompt.words))
