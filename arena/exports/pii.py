"""The redaction of personal data (PII) in texts: found by shape and checksum, and replaced by a mark."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class _Kind:
    """One kind of personal data.

    name: the word in its mark. real: how many of the first signs of what has the shape are really one; 0: none.
    """

    name: str
    shape: re.Pattern[str]
    real: Callable[[str], int] = len


def redact(text: str) -> tuple[str, Counter[str]]:
    """Return the text with marks such as [email], and how often each kind was found.

    Kinds: key, email, iban, card, phone. A finder of shapes: names and addresses of people stay.
    """
    counts: Counter[str] = Counter()
    for kind in _KINDS:
        text = "".join(_marked(text, kind, counts))
    return text, counts


def _marked(text: str, kind: _Kind, counts: Counter[str]) -> Iterator[str]:
    """Yield the text in pieces, with a mark in place of each of this kind, and add to counts how many there were.

    What follows one is searched again.
    """
    at = 0
    while match := kind.shape.search(text, at):
        yield text[at : match.start()]
        length = kind.real(match[0])
        if length:
            counts[kind.name] += 1
        yield f"[{kind.name}]" if length else match[0]
        at = match.start() + length if length else match.end()
    yield text[at:]


def _card(text: str) -> int:
    """Return how far a card's number goes: all of it, or up to what follows a printed one, such as its expiry date."""
    printed = _PRINTED_CARD.match(text)
    return len(text) if _is_card(text) else len(printed[0]) if printed and _is_card(printed[0]) else 0


def _is_card(text: str) -> bool:
    """Tell whether the check digit is right (Luhn, ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in re.sub(r"\D", "", text)][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def _iban(text: str) -> int:
    """Return how far an IBAN goes, which its country says; words in capitals may follow it."""
    spaces_and_signs = re.match(rf"(?: ?[A-Z0-9]){{{_IBAN_LENGTHS.get(text[:2], 99)}}}(?![A-Z0-9])", text)
    return len(spaces_and_signs[0]) if spaces_and_signs and _has_check_digits(spaces_and_signs[0]) else 0


def _has_check_digits(iban: str) -> bool:
    """Tell whether the number, with country and check digits moved to its end, is 1 modulo 97 (ISO 13616)."""
    compact = iban.replace(" ", "")
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _phone(text: str) -> int:
    """Return all of it if it has as many digits as a number that is dialled (ITU-T E.164), and is no date; else 0."""
    digits = re.sub(r"\D", "", text)
    is_date = re.match(r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?(?!\d)", text)
    return len(text) if 9 <= len(digits) <= 15 and not is_date else 0


#: As cards show their digits: in fours, or as American Express and Diners Club do.
_PRINTED_CARD = re.compile(r"\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5})(?=[ -])")

#: Signs of an IBAN by country (ISO 13616).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI FK FO GL NL SD",
        19: "MK SI",
        20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST",
        26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA",
        30: "JO KW MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}

_KEYS = "|".join(
    (
        r"sk-[A-Za-z0-9_-]{20,}",
        r"(?:ghp|gho|ghs|github_pat|glpat|hf|xox[abp])[_-][A-Za-z0-9_-]{20,}",
        r"(?:AKIA|ASIA)[0-9A-Z]{16}",
        r"AIza[A-Za-z0-9_-]{35}",
        r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    )
)
_PRIVATE_KEY = r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"

#: In this order: a key may hold what looks like a number, and a card's digits look like a phone's.
_KINDS = (
    _Kind("key", re.compile(rf"{_PRIVATE_KEY}|(?<![A-Za-z0-9])(?:{_KEYS})")),
    _Kind("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}(?![\w-])")),
    _Kind("iban", re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])"), _iban),
    _Kind("card", re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w-])"), _card),
    # With a plus, a zero before a group, or as North America groups them: bare digits may be anything.
    _Kind(
        "phone",
        re.compile(
            r"(?<![\w.+-])(?:\+\d[\d ()./-]{6,20}\d|\(?0\d{1,4}\)?[ ./-][\d ()./-]{4,16}\d"
            r"|(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-. ]\d{4})(?![\w-])"
        ),
        _phone,
    ),
)
