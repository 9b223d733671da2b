"""Whoever measures when words arrive learns not which side is faster; where all is live, they do."""

import random

import pytest

from arena.answers.events import Event
from arena.answers.pacing import TICK_SECONDS, Release, moment_of, released
from arena.models.battles import Pacing
from benchmarks.blind import LETTERS, RATES, WORDS, Watched, area_under_curve, scores

BATTLES = 300
#: The step in which workers publish.
PUBLISHED_SECONDS = 0.1


def answer(rng, slot, rate):
    """The events of one answer with their moments: a wait, words at about this rate, and its end."""
    moment, words, owed = 1000 + rng.expovariate(2 + rate / 20), rng.randint(*WORDS), 0.0
    while words > 0:
        moment += PUBLISHED_SECONDS
        owed += PUBLISHED_SECONDS * rate * rng.uniform(0.7, 1.3)
        if now := min(words, int(owed)):
            words, owed = words - now, owed - now
            yield f"{int(moment * 1000)}-{'ab'.index(slot)}", Event(1, slot, 1, "text", "x" * (LETTERS * now))
    yield f"{int(moment * 1000) + 2}-{'ab'.index(slot)}", Event(1, slot, 1, "finished")


def battle(rng):
    """The events of both sides of a battle, and whether A is the faster."""
    a, b = rng.sample(RATES, 2)
    entries = [*answer(rng, "a", a), *answer(rng, "b", b)]
    return sorted(entries, key=lambda entry: moment_of(entry[0])), a > b


def arrivals_in_steps(entries, pacing):
    """Yield when each event reaches a page, by the clock of the ticks."""
    release, coming, tick = Release(pacing), list(entries), 1000 / TICK_SECONDS
    while tick < 1200 / TICK_SECONDS:
        while coming and moment_of(coming[0][0]) < tick * TICK_SECONDS:
            release.put(coming.pop(0))
        yield from ((tick * TICK_SECONDS, event) for event in release.until(tick * TICK_SECONDS))
        tick += 1


def arrivals(entries, pacing):
    if pacing == Pacing.LIVE:
        return [(moment_of(id), event) for id, event in released(entries, pacing)]
    return list(arrivals_in_steps(entries, pacing))


def watched(pacing):
    rng = random.Random(15)
    for _ in range(BATTLES):
        entries, a_is_faster = battle(rng)
        seen = Watched(a_is_faster)
        for moment, event in arrivals(entries, pacing):
            if event.kind == "text":
                seen.arrivals[event.slot].append((moment, len(event.text)))
        yield seen


def areas(pacing):
    all_watched = list(watched(pacing))
    truth = [one.a_is_faster for one in all_watched]
    return {name: area_under_curve(seen, truth) for name, seen in scores(all_watched).items()}


@pytest.mark.parametrize("pacing", [Pacing.LOCKSTEP, Pacing.WHEN_DONE])
def test_where_speed_is_hidden_no_look_at_the_moments_tells_the_faster_side(pacing):
    for name, area in areas(pacing).items():
        assert 0.4 <= area <= 0.6, (name, area)


def test_the_same_look_sees_the_faster_side_where_all_is_live():
    assert areas(Pacing.LIVE)["nearest rate"] >= 0.9


def test_all_that_was_written_is_released():
    entries, _ = battle(random.Random(3))
    for pacing in (Pacing.LOCKSTEP, Pacing.LIVE):
        given = [event for _, event in arrivals(entries, pacing)]
        for slot in "ab":
            written = "".join(event.text for _, event in entries if event.slot == slot)
            assert "".join(event.text for event in given if event.slot == slot) == written
        assert [event.kind for event in given[-2:]] == ["finished", "finished"]
