"""A board with everything on it, for screenshots of the site: many categories, effects of style, benchmarks."""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from arena.models import Answer, BenchmarkScore, BenchmarkSource, Choice, LanguageModel, ReasonTag, Vote
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.votes.cast import cast_vote
from arena.votes.reasons import give_reasons
from tests.factories import make_battle

LONG = """Salt in the sea comes **mostly from rocks on land**. Rain is slightly acidic, and it dissolves minerals as \
it runs over stone.

1. Rain dissolves minerals in rocks.
2. Rivers carry the dissolved salts to the sea.
3. Water evaporates, and the salt stays behind.

| Source | Share |
|---|---|
| Rivers | most of it |
| Vents on the sea floor | the rest |

```python
def salinity(salt: float, water: float) -> float:
    return salt / (salt + water)
```

The balance is slow: $t = m / r$, some hundred million years for sodium."""
SHORT = """The sea is salty because rivers carry dissolved minerals from rocks into it. Rain dissolves a little of \
the stone that it runs over, and the water that leaves the sea as vapour leaves the salt behind. Over millions of \
years this has added up.

Vents on the sea floor add minerals too."""
STEPS = """Three things together make the sea salty:

- **Rain** takes minerals out of the stone it falls on.
- **Rivers** bring them to the sea, a little each year.
- **The sun** lifts the water up again and leaves the salt behind.

Where rivers end in a lake without a way out, the lake becomes salty too."""
ROCKS = """The sea is salty because rivers wash salt out of the rocks and carry it there. The water rises again as \
vapour, and the salt stays behind."""
SALT = "The sea is salty because there is a lot of salt in the water. That is why it does not taste like a river."
RIVER, HEDGE, OPEN = "Riverside Lab", "Hedge Collective", "Apache-2.0"
#: slug: name, organisation, licence, kind, millions of parameters, strength in doublings of the odds, what it answers.
MODELS = {
    "heron": ("Heron 7B", RIVER, OPEN, "model", 7_000, 3.0, LONG),
    "otter": ("Otter 3B", RIVER, "MIT", "model", 3_000, 2.6, SHORT),
    "wren": ("Wren 1B", HEDGE, OPEN, "fine_tune", 1_000, 1.4, STEPS),
    "toad": ("Toad 500M", HEDGE, "CC BY 4.0", "model", 500, 0.5, ROCKS),
    "newt": ("Newt 135M, hot", "Pond", OPEN, "configuration", 135, -0.8, SALT),
    "pike": ("Pike 70B Instruct", "Deepwater Institute for Language", "Proprietary", "imported", 70_000, 3.8, LONG),
    "crane": ("Crane 32B", RIVER, OPEN, "imported", 32_000, 3.1, SHORT),
    "loach": ("Loach 14B", "Pond", "MIT", "imported", 14_000, 2.2, LONG),
    "vole": ("Vole 8B", HEDGE, "CC BY-NC 4.0", "imported", 8_000, 2.0, LONG),
    "stork": ("Stork Mini", "Deepwater Institute for Language", "Proprietary", "imported", None, 2.1, SHORT),
    "moth": ("Moth 2B", "Pond", OPEN, "imported", 2_000, 1.1, ROCKS),
    "gnat": ("Gnat 360M", "", "", "imported", 360, -0.4, SALT),
}
ANSWERING = ("heron", "otter", "wren", "toad", "newt")
PROMPTS = (
    "Why is the sea salty?",
    "바닷물은 왜 짠가요?",
    "Write a Python function that reverses a string, and a unit test for it.",
    "이 파이썬 함수의 버그를 찾아 주세요: def f(x): return x +",
    "Solve for x: 3x^2 + 5x - 2 = 0. Show each step.",
    "Write a short story about a lighthouse keeper who collects bottles.",
    "List three causes of inflation. Use exactly three bullet points, each under ten words.",
    "Warum ist der Himmel blau? Bitte erkläre es mir in einfachen Worten.",
    "¿Por qué el mar es salado? Explícamelo como si tuviera diez años.",
    "Design a rate limiter for a distributed web service and compare the token bucket with the sliding window. " * 6,
)
BENCHMARKS = {"Reading": 52.0, "Sums": 31.0, "Code": 24.0, "Korean": 40.0}
VOTES, HOURS_BETWEEN, PUBLISHED_EVERY = 720, 2, 24


@transaction.atomic  # so that the arena around it publishes no board in between
def seed() -> None:
    """A board of these models, in place of those that the arena has: the others are paused."""
    rng, now = random.Random(7), timezone.now()
    LanguageModel.objects.update(state="paused")
    entries = [_entry(slug, now) for slug in MODELS]
    for number in range(VOTES):
        then = now - timedelta(hours=HOURS_BETWEEN * (VOTES - number))
        a, b = rng.sample(entries, 2)
        _vote(rng, a, b, then)
        if number % PUBLISHED_EVERY == PUBLISHED_EVERY - 1:
            publish_leaderboard(now=then)
    _benchmarks(rng, entries, now)
    publish_leaderboard(now=now)
    publish_full_scan_boards(now=now)


def _entry(slug: str, now: datetime) -> LanguageModel:
    name, organisation, licence, kind, millions, _, text = MODELS[slug]
    entry = LanguageModel.objects.create(
        slug=slug,
        display_name=name,
        organisation=organisation,
        licence=licence,
        kind=kind,
        parameters=millions and millions * 1_000_000,
        price=millions and round(0.04 + millions / 80_000, 2),
        context_tokens=8192,
        backend="recorded" if slug in ANSWERING else "",
        options={"text": text} if slug in ANSWERING else {},
        description="A model that knows about water.",
    )
    age = timedelta(days=3 if slug == "stork" else 90)
    LanguageModel.objects.filter(pk=entry.pk).update(added=now - age)
    return entry


def _vote(rng: random.Random, a: LanguageModel, b: LanguageModel, then: datetime) -> Vote:
    """By strength, and a little by length."""
    battle = make_battle(a, b, now=then, prompt=rng.choice(PROMPTS))
    texts = [_text(rng, entry) for entry in (a, b)]
    for slot, text in zip("ab", texts, strict=True):
        Answer.objects.filter(turn__battle=battle, slot=slot).update(text=text)
    lead = MODELS[a.slug][5] - MODELS[b.slug][5] + (len(texts[0]) - len(texts[1])) / 500
    wins = rng.random() < 1 / (1 + 2.0**-lead)
    choice = rng.choices(["model_a" if wins else "model_b", "tie", "both_bad"], [8, 1, 1])[0]
    vote = cast_vote(battle, Choice(choice), now=then)
    tags = rng.sample([ReasonTag.CLEAR, ReasonTag.COMPLETE, ReasonTag.ACCURATE, ReasonTag.DULL], 2)
    give_reasons(vote, {"a": tags[:1], "b": tags[1:]}, "", now=then)
    return vote


def _text(rng: random.Random, entry: LanguageModel) -> str:
    """Mostly the model's own way to answer; now and then another, so that style and model can be told apart."""
    return str(rng.choice((MODELS[entry.slug][6],) * 2 + (LONG, SHORT)))


def _benchmarks(rng: random.Random, entries: list[LanguageModel], now: datetime) -> None:
    source = BenchmarkSource.objects.create(name="Waterside Benchmarks", licence="CC BY 4.0")
    for entry in entries:
        for benchmark, middle in BENCHMARKS.items():
            if rng.random() < 0.9:
                score = round(middle + 9 * MODELS[entry.slug][5] + rng.gauss(0, 5), 1)
                fields = {"score": score, "unit": "%", "source": source, "imported_at": now}
                BenchmarkScore.objects.create(entry=entry, benchmark=benchmark, **fields)
