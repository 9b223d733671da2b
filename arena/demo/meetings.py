"""The battles of the demo: who met whom, on which prompt, when, and what the invented voter chose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import exp
from random import Random

from arena.demo.texts import DemoModel, DemoPrompt
from arena.models import Choice

DAYS = 35
VOTERS = 48
#: A newcomer is drawn more often, as in a real arena.
_BOOST = 4.0
_NEW = 14
#: The voter who always takes the left side, at once: an operator has taken these votes off the board.
CARELESS = 0


@dataclass(frozen=True)
class Meeting:
    """One battle with its vote. probability: the chance of this pair among those that could meet on the prompt."""

    prompt: DemoPrompt
    a: DemoModel
    b: DemoModel
    probability: float
    voter: int
    choice: Choice
    began: datetime
    dwell: timedelta


_Draw = tuple[DemoPrompt, DemoModel, DemoModel]


def draw_meetings(
    models: Sequence[DemoModel], prompts: Sequence[DemoPrompt], *, how_many: int, rng: Random, now: datetime
) -> list[Meeting]:
    """Return so many battles of the last weeks, the oldest first; more of them lately than at the beginning."""
    ages = sorted((rng.triangular(0.01, DAYS, 1.0) for _ in range(how_many)), reverse=True)
    every = list(_draws(models, prompts))
    return [_meeting([draw for draw in every if _were_there(draw, age)], age, rng=rng, now=now) for age in ages]


def _draws(models: Sequence[DemoModel], prompts: Sequence[DemoPrompt]) -> Iterator[_Draw]:
    by_slug = {model.slug: model for model in models}
    for prompt in prompts:
        for first, second in combinations(prompt.answers, 2):
            yield prompt, by_slug[first], by_slug[second]


def _were_there(draw: _Draw, age: float) -> bool:
    return all(model.days >= age for model in draw[1:])


def _weight(draw: _Draw) -> float:
    return _BOOST if any(model.days < _NEW for model in draw[1:]) else 1.0


def _meeting(draws: Sequence[_Draw], age: float, *, rng: Random, now: datetime) -> Meeting:
    (drawn,) = rng.choices(draws, [_weight(draw) for draw in draws])
    of_this_prompt = sum(_weight(draw) for draw in draws if draw[0] is drawn[0])
    a, b = rng.sample(drawn[1:], 2)
    voter = rng.randrange(VOTERS)
    is_careless = voter == CARELESS
    return Meeting(
        prompt=drawn[0],
        a=a,
        b=b,
        probability=_weight(drawn) / of_this_prompt,
        voter=voter,
        choice=Choice.MODEL_A if is_careless else _choice(drawn[0].language, a, b, rng),
        began=now - timedelta(days=age),
        dwell=timedelta(seconds=0.8 if is_careless else rng.lognormvariate(3, 0.6)),
    )


def _choice(language: str, a: DemoModel, b: DemoModel, rng: Random) -> Choice:
    """Draw a vote: ties are likelier between equals, and two weak answers are often both bad."""
    lead = a.strength_in(language) - b.strength_in(language)
    if max(a.strength_in(language), b.strength_in(language)) < 1000 and rng.random() < 0.35:
        return Choice.BOTH_BAD
    if rng.random() < 0.18 * exp(-((lead / 250) ** 2)) + 0.02:
        return Choice.TIE
    return Choice.MODEL_A if rng.random() < 1 / (1 + 10 ** (-lead / 400)) else Choice.MODEL_B
