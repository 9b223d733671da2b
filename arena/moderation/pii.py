"""The redaction of personal data (PII) in texts: found by shape and checksum, and replaced by a mark."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from stdnum import iban, luhn


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
    """Tell whether the check digit is right (Luhn, ISO/IEC 7812-1), and the first one is that of a card."""
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and len(set(digits)) > 1 and luhn.is_valid(digits)


def _iban(text: str) -> int:
    """Return how far an IBAN goes, which its country says; other words may follow it."""
    ends = (match.end() for match in re.finditer(r"[A-Za-z0-9](?![A-Za-z0-9])|[A-Za-z0-9](?= )", text))
    # The national check digits are left out: a mistyped account number is as private as a right one.
    return next((end for end in ends if iban.is_valid(text[:end], check_country=False)), 0)


def _phone(text: str) -> int:
    """Return all of it if it has as many digits as a number that is dialled (ITU-T E.164), and is no date; else 0."""
    digits = re.sub(r"\D", "", text)
    is_date = re.match(r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?(?!\d)", text)
    return len(text) if 9 <= len(digits) <= 15 and not is_date else 0


def _dialled(text: str) -> int:
    """Return all of it if it is a number that exists, written as its country writes it; else 0."""
    return len(text) if _phone(text) and _exists(text) else 0


@lru_cache(4096)
def _exists(text: str) -> bool:
    if text.lstrip("(").startswith("+"):
        return _is_written_as_in(text, None)
    # Digits without a mark between them may be anything, unless they begin as only a number that is dialled does.
    is_grouped = re.search(r"\d[^\d]", text) is not None
    return (is_grouped or text.startswith("0")) and any(_is_written_as_in(text, region) for region in _REGIONS)


def _is_written_as_in(text: str, region: str | None) -> bool:
    """Tell whether the number exists and has the groups in which its country writes it; with a plus in any."""
    # Read when the first number is looked at: its tables of all countries take a tenth of a second.
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    forms = (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    at_home, abroad = (re.findall(r"\d+", phonenumbers.format_number(number, form)) for form in forms)
    # As at home, all in one, or as abroad without the country's code: 98765 43210 in place of 098765 43210.
    has_its_groups = re.findall(r"\d+", text) in (at_home, ["".join(at_home)], abroad[1:])
    return phonenumbers.is_valid_number(number) and (region is None or has_its_groups)


#: As cards show their digits: in fours, or as American Express and Diners Club do.
_PRINTED_CARD = re.compile(r"\d{4}([ -])(?:\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{6}\1\d{4,5})(?=[ -])")

#: In whose national form a number without a plus may be written: many people's, and few digits that mean other things.
_REGIONS = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "PL",
    "TR",
    "RU",
    "IN",
    "JP",
    "KR",
    "CN",
    "BR",
    "MX",
    "AU",
    "SG",
    "CH",
)
_KEYS = "|".join(
    (
        r"sk-[A-Za-z0-9_-]{20,}",
        r"(?:gh[oprsu]|github_pat|glpat|hf|npm|gsk|r8|xai|pplx|pypi|dop_v1|shpat|ntn|xox[abeprs])[_-][A-Za-z0-9_-]{20,}",
        r"[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}",
        r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
        r"\d{8,10}:AA[A-Za-z0-9_-]{33}",
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
    _Kind("iban", re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])"), _iban),
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
    # The same and others, where a country writes a number of its own like that: 98765 43210, 612 34 56 78.
    _Kind("phone", re.compile(r"(?<![\w.+/-])\+?\(?\d[\d ()-]{6,18}\d(?![\w/-]|[.,]\d)"), _dialled),
)
