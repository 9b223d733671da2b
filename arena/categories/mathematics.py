"""The rule for mathematics: formulas, words of the field, or a question about quantities that are given."""

import re

from arena.categories.prompt import Prompt, words_of

ENOUGH = 2
#: Words that are mathematics wherever they stand: two points.
_CLEAR = words_of("mathematics", "clear")
#: Words that are mathematics beside another of them: one point each.
_HINTS = words_of("mathematics", "hints")
_PHRASES = re.compile(
    r"\b(?:prove that|show that .{1,80}(?:=|identically|converge|never|every)|square root|standard deviation|"
    r"prime numbers?|"
    r"derivative of|next number|backward induction|equilibrium|"
    r"area of (?:an?|the) (?:triangle|circle|square|rectangle|trapez|\w{1,12}gon)|"
    r"divided by \d|finite group|how many ways|p[- ]?value|"
    r"derive the|poisson|queueing|what day (?:is it|will it be) in|"
    r"how many (?:seconds|minutes|hours|days|weeks|months|inches|feet|yards|miles|grams|ounces|pounds|cups|"
    r"lit(?:er|re)s) (?:are )?(?:there )?in|convert -?\d[\d,.]{0,12} ?\w{1,20} (?:to|into) \w)|"
    r"\d choose \d|\d ?(?:plus|minus|times|divided by|더하기|빼기|곱하기|나누기) ?\d|"
    r"\d ?(?:%|percent|prozent) (?:of|von|de|от) \d|의 ?\d{1,6} ?%|다음에 올 수|p값|\d부터 \d{1,9}까지|원리금"
)
#: Without one of these words or a digit there is no such phrase; looking them up is quicker.
_PHRASE_SIGNS = words_of("mathematics", "phrase_signs")
_DIGIT = re.compile(r"\d")
_SHAPES = re.compile(
    "|".join(
        (
            # LaTeX and symbols
            r"\\(?:frac|int|sum|sqrt|lim|mathbb|infty|alpha|beta|cdot|ge|le)\b|√|∫|∑",
            r"\$[^$\n]{0,60}[\^_=\\][^$\n]{0,60}\$|\bsin ?\(?x|\bcos ?\(?x",
            # sums of numbers
            r"\d ?[+*×÷^=] ?\(?\d|\d\)? ?= ?(?:\?|x)|\b1/\(|\[\[-?\d",
            r"(?:what(?:'s| is)|[Cc]ompute|[Cc]alculate) \(?\d[\d.,]{0,12} ?[-/] ?\d",
            # letters for numbers
            r"\b\d{0,4}[xyn] ?[-+*/=^<>] ?\d|\b[fgp]\([xntk]\)|[xyn]\^|\b\d{0,3}k ?\+ ?\d|\bx2\b",
        )
    )
)
_SYMBOL = re.compile(r"[\d\\^√∫∑]|sin|cos|f\(")
_HOW_MUCH = re.compile(
    r"how (?:many(?! \w{1,30} (?:is|are) too)|much|long|far|fast|old)|when (?:does|do|will)|monthly payment|"
    r"what(?:'s| (?:is|was|will be)) the (?:\w{1,30} )?(?:total|price|payment|cost|chance)|"
    r"몇 ?(?:개|명|시간|원|분|권|살)|얼마|"
    r"wie (?:viele?|lange)|combien|cuánt|сколько|quant[oi]|多少|いくつ|いくら|berapa"
)
_QUANTITY = re.compile(r"\d[\d,.]*|\b(?:two|three|four|five|six|seven|eight|nine|ten)\b")
_RELATION = re.compile(
    r"\btwice\b|\bhalf\b|\bdouble\b|times as|\btogether\b|\beach\b|\bmph\b|"
    r"km/h|\bper\b|\bdiscount\b|\bmore than\b|\btotal\b|"
    r"두 배|합쳐|각각|할인|나누면|%"
)
#: A longer text may hold numbers without being a word problem.
_WORD_PROBLEM = 500
_GIVEN = 3


def is_math(prompt: Prompt, *, code: bool) -> bool:
    """Return whether mathematics is needed; in code, operators and brackets tell nothing."""
    if code:
        return _points(prompt) >= 2 * ENOUGH
    return _points(prompt) >= ENOUGH or _has_formula(prompt.prose) or _is_word_problem(prompt.lowered)


def _has_formula(prose: str) -> bool:
    return bool(_SYMBOL.search(prose) and _SHAPES.search(prose))


def _is_word_problem(text: str) -> bool:
    if len(text) > _WORD_PROBLEM or not _HOW_MUCH.search(text):
        return False
    quantities = len(_QUANTITY.findall(text))
    return quantities > 0 and quantities + len(_RELATION.findall(text)) >= _GIVEN


def _points(prompt: Prompt) -> int:
    clear = len(prompt.terms & _CLEAR)
    if not prompt.terms.isdisjoint(_PHRASE_SIGNS) or _DIGIT.search(prompt.lowered):
        clear += len(set(_PHRASES.findall(prompt.lowered)))
    return ENOUGH * clear + len(prompt.terms & _HINTS)
