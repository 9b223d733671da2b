"""The time of a new board after one more vote: `python -m benchmarks.publish [ENTRIES]`.

A scratch SQLite database in which all pairs of 300 entries are counted, one vote in ten at half its weight; then one
vote after the other is cast and published. The parts are timed by themselves afterwards, on the same database, and
so is the draw of a pair from the plan. Milliseconds, median of the runs.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from statistics import median

# One thread, as `manage.py up` runs the worker that publishes; it must be set before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import numpy as np

from tests.provide.environment import ENVIRONMENT

RUNS = 15
BATTLES = 20  # a pair


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    ENVIRONMENT.enter()
    ENVIRONMENT.redis.start()
    try:
        django.setup()
        measure(entries)
    finally:
        ENVIRONMENT.redis.stop()
        ENVIRONMENT.remove()


def measure(n_entries: int) -> None:
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    ids = make_counts(n_entries)
    for pairing in ("uniform", "information"):
        settings.PAIRING = pairing
        publish_one_more(ids)  # the first has to replay Elo and to load what is imported late
        say(f"publish_leaderboard, pairing {pairing}", [publish_one_more(ids) for _ in range(RUNS)])
    measure_parts(ids)


def measure_parts(ids: list[int]) -> None:
    from django.db import transaction

    from arena.models import LanguageModel, Rating, RatingSnapshot
    from arena.pairing.draw import draw_pair
    from arena.pairing.plan import plan_pairing
    from arena.scoring.board_rows import ratings_of
    from arena.scoring.comparisons import stored_counts
    from ratings.standings import standings

    counts = stored_counts(ids)
    board, snapshot = standings(counts), RatingSnapshot.objects.newest()
    entries = list(LanguageModel.objects.live())
    elo = np.full(len(ids), 1000.0)

    def write() -> None:
        with transaction.atomic():
            snapshot.ratings.all().delete()
            Rating.objects.bulk_create(ratings_of(snapshot, ids, board, elo))

    say("  reading the counts", timed(lambda: stored_counts(ids)))
    say("  the fit, its intervals and ranks", timed(lambda: standings(counts)))
    say("  writing the rows (with their deletion)", timed(write))
    say("  the plan: information gain, stored", timed(lambda: plan_pairing(ids, counts, board)))
    say("draw_pair from the plan (web process)", timed(lambda: draw_pair(entries, random.Random(1))))


def make_counts(n_entries: int) -> list[int]:
    """Return the pks of entries that have all met, with counts by Bradley-Terry chances."""
    from arena.models import LanguageModel, PairCount
    from arena.models.counts import SQUARES, SUMS

    rng = np.random.default_rng(0)
    cards = [LanguageModel(slug=f"e{n}", display_name=f"E{n}", backend="recorded") for n in range(n_entries)]
    ids = sorted(entry.pk for entry in LanguageModel.objects.bulk_create(cards))
    strengths, rows = rng.normal(0, 1, n_entries), []
    for i, j in zip(*np.triu_indices(n_entries, 1), strict=True):
        chance = 1 / (1 + np.exp(strengths[j] - strengths[i]))
        votes = rng.multinomial(BATTLES, [0.7 * chance, 0.7 * (1 - chance), 0.2, 0.1])
        halved = rng.binomial(votes, 0.1)
        sums = dict(zip(SUMS, [*(votes - halved / 2).tolist(), 0.0], strict=True))
        squares = dict(zip(SQUARES, [*(votes - halved * 0.75).tolist(), 0.0], strict=True))
        rows.append(PairCount(first_id=ids[i], second_id=ids[j], **sums, **squares))
    PairCount.objects.bulk_create(rows, batch_size=5000)
    return ids


def publish_one_more(ids: list[int]) -> float:
    from django.utils import timezone

    from arena.models import Choice, LanguageModel
    from arena.scoring.publish import publish_leaderboard
    from arena.votes.cast import cast_vote
    from tests.factories import make_battle

    a, b = (LanguageModel.objects.get(pk=pk) for pk in random.sample(ids, 2))
    cast_vote(make_battle(a, b), Choice.MODEL_A, now=timezone.now())
    start = time.perf_counter()
    publish_leaderboard(now=timezone.now())
    return time.perf_counter() - start


def timed(part: Callable[[], object]) -> list[float]:
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        part()
        seconds.append(time.perf_counter() - start)
    return seconds


def say(what: str, seconds: list[float]) -> None:
    print(f"{what:42}{1000 * median(seconds):8.1f} ms")


if __name__ == "__main__":
    main()
