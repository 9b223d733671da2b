"""How much personal data the redaction finds, and what it takes for some: `python -m benchmarks.pii [FILE...]`.

A thousand seeded strings of each kind, each in a sentence, and the share of prompts in the files (JSON lines, such as
MT-bench's) in which something is redacted that nobody's data is.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from typing import Any

import phonenumbers
from phonenumbers import PhoneNumberFormat
from stdnum import iban, luhn

from arena.moderation.pii import redact

HOW_MANY = 1_000
COUNTRIES = ("US", "GB", "DE", "FR", "ES", "IN", "JP", "KR", "BR", "AU")
#: By country the signs of its account numbers: n a digit, a a capital letter, c either.
ACCOUNTS = {"DE": "n" * 18, "GB": "aaaa" + "n" * 14, "FR": "n" * 10 + "c" * 11 + "nn", "NL": "aaaa" + "n" * 10}
ACCOUNTS |= {"ES": "n" * 20, "IT": "a" + "n" * 10 + "c" * 12, "CH": "n" * 5 + "c" * 12, "PL": "n" * 24}
CARDS = (("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16), ("3530", 16), ("62", 16))
KEYS = (
    ("sk-", ascii_letters + digits, 48),
    ("sk-proj-", ascii_letters + digits + "_-", 60),
    ("sk-ant-api03-", ascii_letters + digits + "_-", 80),
    ("ghp_", ascii_letters + digits, 36),
    ("github_pat_", ascii_letters + digits + "_", 70),
    ("glpat-", ascii_letters + digits, 20),
    ("hf_", ascii_letters, 34),
    ("xoxb-", digits, 30),
    ("AKIA", ascii_uppercase + digits, 16),
    ("AIza", ascii_letters + digits, 35),
    ("sk_live_", ascii_letters + digits, 24),
    ("npm_", ascii_letters + digits, 36),
)
SENTENCES = (
    "{}",
    "Mine is {}, please use it.",
    "Write to me:\n{}\nThanks!",
    "({})",
    'it says "{}" here',
    "{}; and then?",
)
Make = Callable[[random.Random], str]


def main() -> None:
    for kind in MAKERS:
        print(f"{kind:8} found: {recall(kind):.1%} of {HOW_MANY:,}")
    for name in sys.argv[1:]:
        prompts = list(prompts_of(Path(name)))
        alarms = [prompt for prompt in prompts if redact(prompt)[1]]
        print(f"{Path(name).name}: {len(alarms)} of {len(prompts):,} prompts ({len(alarms) / len(prompts):.2%})")
        for prompt in alarms[:5]:
            print("   ", dict(redact(prompt)[1]), redact(prompt)[0][:100].replace("\n", " "))


def recall(kind: str, *, seed: int = 1) -> float:
    """Return the share of seeded strings of a kind of which nothing stays."""
    rng = random.Random(seed)
    texts = [(made, rng.choice(SENTENCES).format(made)) for made in (MAKERS[kind](rng) for _ in range(HOW_MANY))]
    return sum(made not in redact(text)[0] and redact(text)[1].total() > 0 for made, text in texts) / HOW_MANY


def prompts_of(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row: dict[str, Any] = json.loads(line)
        yield from row.get("turns") or [row.get("prompt") or row["instruction"]]


def signs(rng: random.Random, alphabet: str, how_many: int) -> str:
    return "".join(rng.choices(alphabet, k=how_many))


def email(rng: random.Random) -> str:
    name = signs(rng, ascii_lowercase, rng.randint(2, 9)) + rng.choice(("", ".", "_", "+", "-")) + signs(rng, digits, 2)
    domain = signs(rng, ascii_lowercase, rng.randint(3, 9)) + rng.choice(
        (".com", ".de", ".co.uk", ".org", ".io", ".co.kr")
    )
    return f"{name}@{domain}".upper() if rng.random() < 0.05 else f"{name}@{domain}"


def phone(rng: random.Random) -> str:
    """Return a number that exists, in one of the three ways in which it is written."""
    country = rng.choice(COUNTRIES)
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    length = len(str(example.national_number))
    while True:
        start = str(example.national_number)[: rng.randint(1, 3)]
        number = phonenumbers.parse(start + signs(rng, digits, length - len(start)), country)
        if phonenumbers.is_valid_number(number):
            forms = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)
            return str(phonenumbers.format_number(number, rng.choice(forms)))


def card(rng: random.Random) -> str:
    start, length = rng.choice(CARDS)
    body = start + signs(rng, digits, length - len(start) - 1)
    number = body + luhn.calc_check_digit(body)
    mark = rng.choice(("", " ", "-"))
    groups = (4, 6, 5) if length == 15 else (4, 4, 4, 4)
    ends = [sum(groups[:place]) for place in range(len(groups) + 1)]
    return mark.join(number[a:b] for a, b in pairwise(ends))


def account(rng: random.Random) -> str:
    country = rng.choice(list(ACCOUNTS))
    alphabets = {"n": digits, "a": ascii_uppercase, "c": ascii_uppercase + digits}
    body = "".join(rng.choice(alphabets[sign]) for sign in ACCOUNTS[country])
    number = country + iban.calc_check_digits(f"{country}00{body}") + body
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4)) if rng.random() < 0.5 else number


def key(rng: random.Random) -> str:
    start, alphabet, length = rng.choice(KEYS)
    return start + signs(rng, alphabet, length)


MAKERS: dict[str, Make] = {"email": email, "phone": phone, "card": card, "iban": account, "key": key}


if __name__ == "__main__":
    main()
