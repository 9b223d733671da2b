"""What in a text would tell who someone is: found by shape and checksum, and replaced by a mark."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Kind:
    """name: what the mark says. is_real: checks what merely has the shape."""

    name: str
    shape: re.Pattern[str]
    is_real: Callable[[str], bool] = lambda found: True


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with marks such as [email], and how often each kind was found.

    Kinds: key, email, iban, card, phone. A finder of shapes: names and addresses of people stay.
    """
    found: Counter[str] = Counter()
    for kind in _KINDS:
        text = kind.shape.sub(lambda match, kind=kind: _mark(match, kind, found), text)  # type: ignore[misc]
    return text, found


def _mark(match: re.Match[str], kind: _Kind, found: Counter[str]) -> str:
    if not kind.is_real(match[0]):
        return match[0]
    found[kind.name] += 1
    return f"[{kind.name}]"


def _is_card(text: str) -> bool:
    """Whether the check digit is right (Luhn, ISO/IEC 7812-1)."""
    digits = [int(digit) for digit in re.sub(r"\D", "", text)][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def _is_iban(text: str) -> bool:
    """Whether the number, country and check digits moved to its end, is 1 modulo 97 (ISO 13616)."""
    compact = re.sub(r"\s", "", text)
    moved = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


def _is_phone(text: str) -> bool:
    """Whether it has as many digits as a number that is dialled (ITU-T E.164), and is no date."""
    digits = re.sub(r"\D", "", text)
    return 9 <= len(digits) <= 15 and not re.match(r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?(?!\d)", text)


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
    _Kind("iban", re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])"), _is_iban),
    _Kind("card", re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){12,18}(?![\w-])"), _is_card),
    # With a plus, a zero before a group, or as North America groups them: bare digits may be anything.
    _Kind(
        "phone",
        re.compile(
            r"(?<![\w.+-])(?:\+\d[\d ()./-]{6,20}\d|\(?0\d{1,4}\)?[ ./-][\d ()./-]{4,16}\d"
            r"|(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-. ]\d{4})(?![\w-])"
        ),
        _is_phone,
    ),
)
