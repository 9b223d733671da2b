"""The time of the leaderboard page at 300 models and many votes, and of a full recount.

    python -m benchmarks.board [VOTES ...]

A scratch SQLite database grows to each number of votes in turn (10 k, 1 M and 5 M, unless others are given). Of each:
the time that the web process takes for the page, from the request to the bytes, first with its table to render and
then with the table kept; medians. Then all boards of 30 categories are computed again from a million votes.
"""

import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

# One thread, as `manage.py up` runs the processes; it must be set before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import django
import numpy as np

from benchmarks.publish import make_counts
from tests.provide.environment import ENVIRONMENT

MODELS, RUNS = 300, 30
RECOUNTED = 1_000_000
BAR_MILLISECONDS, BAR_RATIO, BAR_SECONDS = 30, 1.2, 60
#: A vote belongs to about five of 26 categories besides the overall one.
GROW = """
WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {last})
"""
BATTLES = """
INSERT INTO arena_battle (id, kind, voter_id, model_a_id, model_b_id, pair_probability, consent_version, outside_id,
  created) {rows} SELECT printf('%032x', i), 'imported', '{voter}', {low} + i % {models},
  {low} + (i % {models} + 1 + (i / {models}) % ({models} - 1)) % {models}, 0.5, '', '', '{now}' FROM n
"""
VOTES = """
INSERT INTO arena_vote (id, battle_id, voter_id, choice, source, cast_at, turns_seen, elo_a, elo_b) {rows}
  SELECT i, printf('%032x', i), '{voter}',
  CASE abs(random()) % 10 WHEN 9 THEN 'tie' WHEN 8 THEN 'both_bad' ELSE CASE WHEN abs(random()) % 300 >
  150 + (i % {models} - (i % {models} + 1 + (i / {models}) % ({models} - 1)) % {models}) / 3 THEN 'model_a'
  ELSE 'model_b' END END, 'imported', '{now}', 1, 1000, 1000 FROM n
"""
#: Twenty thousand people; every fourth vote on one of five thousand prompts, the others on prompts of their own.
COUNTED = """
INSERT INTO arena_countedvote (vote_id, number, weight, style, voter_number, prompt_number) {rows}
  SELECT i, i, 1, x'', abs(random()) % 20000, CASE i % 4 WHEN 0 THEN abs(random()) % 5000 ELSE 5000 + i END FROM n
"""
CATEGORY = """
INSERT INTO arena_votecategory (counted_id, category) {rows}
  SELECT i, printf('c%d', {first_key} + i / {step} % {keys}) FROM n
"""
#: One category of each of these rows: of so many, from which one on; how many votes in a row are in the same.
CATEGORIES = ((5, 0, 1), (5, 5, 7), (5, 10, 11), (5, 15, 13), (6, 20, 17))


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 1_000_000, 5_000_000]
    ENVIRONMENT.enter()
    os.environ["ARENA_CATEGORIES"] = "benchmarks.other_rules"
    ENVIRONMENT.redis.start()
    try:
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        measure(sizes)
    finally:
        ENVIRONMENT.redis.stop()
        ENVIRONMENT.remove()


def measure(sizes: list[int]) -> None:
    ids = make_counts(MODELS)
    kept_times, votes = [], 0
    for size in sizes:
        grow(ids[0], votes, size)
        votes = size
        publish()
        first, again = page_times()
        kept_times.append(again)
        print(f"{size:>10,} votes, {MODELS} models: {first:7.1f} ms to render, {again:6.1f} ms kept", flush=True)
        if size == RECOUNTED:
            recount()
    print(
        f"slowest kept page {max(kept_times):.1f} ms (bar {BAR_MILLISECONDS}); "
        f"most votes / fewest {kept_times[-1] / kept_times[0]:.2f} (bar {BAR_RATIO})"
    )


def grow(low: int, votes: int, size: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from arena.models import Voter

    voter = Voter.objects.get_or_create(key_digest="bench", defaults={"created": timezone.now()})[0].pk.hex
    rows = GROW.format(first=votes + 1, last=size + 1)
    fields = {"rows": rows, "voter": voter, "low": low, "models": MODELS, "now": timezone.now()}
    with connection.cursor() as cursor:
        for statement in (BATTLES, VOTES, COUNTED):
            cursor.execute(statement.format(**fields))
        for keys, first_key, step in CATEGORIES:
            cursor.execute(CATEGORY.format(**fields, keys=keys, first_key=first_key, step=step))


def publish() -> None:
    """Publish a board of the stored counts, as one more vote would leave it."""
    from django.utils import timezone

    from arena.models import Rating, RatingSnapshot, Vote
    from arena.scoring.board_rows import entry_ids, ratings_of
    from arena.scoring.comparisons import stored_counts
    from arena.votes.policy import policy
    from ratings.standings import standings

    ids = entry_ids()
    votes = Vote.objects.count()
    snapshot = RatingSnapshot.objects.create(
        policy=policy(), code_version="bench", published=timezone.now(), votes=votes, last_number=votes, digest=""
    )
    Rating.objects.bulk_create(ratings_of(snapshot, ids, standings(stored_counts(ids)), np.full(len(ids), 1000.0)))


def page_times() -> tuple[float, float]:
    """Return the milliseconds of the page with a table to render, and with one that is kept."""
    from django.test import Client

    from arena.leaderboard.table import _cached

    visitor = Client(headers={"host": "127.0.0.1"})

    def page() -> None:
        response = visitor.get("/leaderboard/")
        assert response.status_code == 200
        assert response.content.count(b"<tr>") > MODELS

    def anew() -> None:
        _cached.cache_clear()
        page()

    page()
    return timed(anew, 5), timed(page, RUNS)


def recount() -> None:
    """Compute all boards from the votes of the database, as check_invariants does, and print the time."""
    from django.utils import timezone

    from arena.models import RatingSnapshot
    from arena.scoring.cluster_intervals import cluster_intervals
    from arena.scoring.publish import publish_leaderboard
    from arena.scoring.recompute import recompute_all_leaderboards

    RatingSnapshot.objects.update(policy="older")
    spent = seconds(lambda: publish_leaderboard(now=timezone.now()))
    boards = len(RatingSnapshot.objects.newest_of_each())
    print(f"{boards} boards of {RECOUNTED:,} votes counted and published anew: {spent}", flush=True)
    clustered: list[Any] = []
    spent = seconds(lambda: clustered.extend(cluster_intervals(now=timezone.now())))
    print(
        f"{len(clustered)} boards given their intervals by voter and by prompt: {spent} (bar {BAR_SECONDS})", flush=True
    )
    recomputed: list[Any] = []
    spent = seconds(lambda: recomputed.extend(recompute_all_leaderboards()))
    print(f"{len(recomputed)} boards computed from the votes alone: {spent} (bar {BAR_SECONDS} for 30)", flush=True)
    assert [problem for board in recomputed for problem in board.problems] == []


def seconds(work: Callable[[], Any]) -> str:
    start, processor = time.perf_counter(), time.process_time()
    work()
    return f"{time.perf_counter() - start:.0f} s, {time.process_time() - processor:.0f} s of processor time"


def timed(work: Callable[[], Any], runs: int) -> float:
    """Return the median milliseconds of the work."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return median(taken)


if __name__ == "__main__":
    main()
