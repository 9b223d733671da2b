import random
import re
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.models import Choice, CountedVote, PairCount, PendingVote, Rating, RatingSnapshot, Vote
from arena.models.counts import SQUARES, SUMS
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.scoring.recompute import recompute_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.policy import weight_of
from tests.factories import exclude_vote, make_battle, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

READS_ALL_VOTES = re.compile(r'FROM "arena_countedvote" .*ORDER BY 1 ASC$')


@pytest.fixture
def entries():
    return [make_entry(name) for name in ("ZEBRA-7", "OKAPI-9", "TAPIR-3", "LEMUR-1")]


def cast(entry_a, entry_b, choice=Choice.MODEL_A):
    return cast_vote(make_battle(entry_a, entry_b), choice, now=timezone.now())


def publish():
    return publish_leaderboard(now=timezone.now())


def board():
    return {r.model.display_name: r for r in RatingSnapshot.objects.newest().ratings.select_related("model")}


def vote_at_random(entries, how_many, seed=7):
    rng = random.Random(seed)
    for _ in range(how_many):
        a, b = rng.sample(entries, 2)
        yield cast(a, b, rng.choice(list(Choice)))


def test_without_votes_there_is_no_board(entries):
    assert publish() is None


def test_the_first_vote_looks_sane(entries):
    cast(entries[0], entries[1])
    publish()
    winner, loser = board()["ZEBRA-7"], board()["OKAPI-9"]
    assert set(board()) == {"ZEBRA-7", "OKAPI-9"}
    assert 1020 < winner.rating < 1120
    assert winner.rating + loser.rating == pytest.approx(2000)
    # A vote says little: the interval is nearly that of the prior alone, and five times the distance of the two.
    assert winner.upper - winner.lower > 320
    assert winner.upper - winner.lower > 4.5 * (winner.rating - loser.rating)
    assert (winner.provisional, loser.provisional) == ("undefeated", "winless")
    assert (winner.elo, loser.elo) == (1002.0, 998.0)


def test_entries_that_have_not_met_are_in_groups_of_their_own(entries):
    cast(entries[0], entries[1])
    cast(entries[2], entries[3])
    publish()
    assert board()["ZEBRA-7"].group == board()["OKAPI-9"].group != board()["TAPIR-3"].group
    assert {row.rank for row in board().values()} == {1}


def test_each_vote_is_counted_once_however_often_the_task_runs(entries):
    cast(entries[0], entries[1])
    assert publish() is not None
    assert publish() is None
    assert (CountedVote.objects.count(), PendingVote.objects.count()) == (1, 0)


def test_a_board_of_an_older_policy_is_published_anew(entries):
    cast(entries[0], entries[1])
    publish()
    RatingSnapshot.objects.update(policy="older")
    renewed = publish()
    assert (renewed.votes, renewed.policy != "older", publish()) == (1, True, None)
    assert check_invariants(now=timezone.now()) == []


def test_counting_in_batches_gives_the_board_of_all_votes_at_once(entries):
    for number, _ in enumerate(vote_at_random(entries, 30)):
        if number % 4 == 0:
            publish()
    publish()
    assert check_invariants(now=timezone.now()) == []
    assert RatingSnapshot.objects.newest().votes == 30


def test_an_excluded_vote_leaves_the_board_and_comes_back(entries):
    votes = list(vote_at_random(entries, 20))
    publish()
    before = RatingSnapshot.objects.newest()
    exclude_vote(votes[3], rule="test", by="a test", now=timezone.now())
    publish()
    without = RatingSnapshot.objects.newest()
    assert (without.votes, without.digest != before.digest) == (19, True)
    assert check_invariants(now=timezone.now()) == []
    exclude_vote(votes[3], rule="lifted", by="a test", now=timezone.now(), weight=1.0)
    publish()
    assert RatingSnapshot.objects.newest().digest == before.digest
    assert check_invariants(now=timezone.now()) == []


def test_an_exclusion_that_comes_while_votes_are_counted_waits_for_the_next_board(entries):
    vote = cast(entries[0], entries[1])

    def exclude(reads):
        if reads == 2:  # the first is before the lock
            exclude_vote(vote, rule="test", by="a test", now=timezone.now())

    with after_each_read_of("arena_voteexclusion", exclude):
        publish()
    assert CountedVote.objects.get().weight == 1
    publish()
    assert CountedVote.objects.get().weight == 0
    assert check_invariants(now=timezone.now()) == []


@contextmanager
def after_each_read_of(table, act):
    """act(n) is called after the nth query that reads the table."""
    reads = []

    def execute_and_act(execute, sql, *more):
        result = execute(sql, *more)
        if sql.startswith("SELECT") and f'FROM "{table}"' in sql:
            reads.append(sql)
            act(len(reads))
        return result

    with connection.execute_wrapper(execute_and_act):
        yield


@pytest.mark.parametrize(("policy", "lock"), [("as it is", 1), ("older", 3)])
def test_what_another_publishes_meanwhile_is_not_lost(entries, policy, lock):
    votes = [cast(*entries[:2]) for _ in range(6)]
    publish()
    if policy == "older":
        RatingSnapshot.objects.update(policy=policy)
    exclude_vote(votes[0], rule="test", by="a test", now=timezone.now())

    def publish_and_exclude_another(reads):
        if reads == lock:  # what was prepared is about to be used
            publish()
            exclude_vote(votes[1], rule="test", by="a test", now=timezone.now())

    with after_each_read_of("arena_board", publish_and_exclude_another):
        publish()
    assert RatingSnapshot.objects.newest().votes == 4
    assert check_invariants(now=timezone.now()) == []


@pytest.mark.parametrize("policy", ["as it is", "older"])
def test_all_votes_are_read_before_the_lock_and_never_under_it(entries, policy):
    votes = list(vote_at_random(entries, 10))
    publish()
    if policy == "older":
        RatingSnapshot.objects.update(policy=policy)
    exclude_vote(votes[0], rule="test", by="a test", now=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        publish()
    steps = [query["sql"] for query in queries]
    assert any(READS_ALL_VOTES.search(sql) for sql in steps)
    assert not [sql for sql in _under_the_lock(steps) if READS_ALL_VOTES.search(sql)]


def _under_the_lock(steps):
    """Yield the queries that ran while the board was locked; a test's transactions are savepoints."""
    open_savepoints, holder, locked = [], None, 0
    for sql in steps:
        if sql.startswith("SAVEPOINT"):
            open_savepoints.append(sql.split()[-1])
        elif 'FROM "arena_board"' in sql and holder is None:
            holder, locked = open_savepoints[0], locked + 1
        elif sql.startswith("RELEASE"):
            open_savepoints.remove(sql.split()[-1])
            holder = holder if holder in open_savepoints else None
        elif holder is not None:
            yield sql
    assert locked


def test_an_entry_whose_votes_are_all_excluded_is_unrated(entries):
    vote = cast(entries[0], entries[1])
    publish()
    exclude_vote(vote, rule="test", by="a test", now=timezone.now())
    publish()
    assert board() == {}
    assert check_invariants(now=timezone.now()) == []


def test_a_tampered_board_is_found(entries):
    list(vote_at_random(entries, 10))
    publish()
    Rating.objects.filter(snapshot=RatingSnapshot.objects.newest(), rank=1).update(rating=1500)
    assert any("is not what the votes give" in sentence for sentence in check_invariants(now=timezone.now()))


def test_the_board_computed_again_differs_by_rounding_only(entries):
    assert recompute_leaderboard() is None
    for _ in vote_at_random(entries, 16):
        publish()
    found = recompute_leaderboard()
    assert (found.votes, found.different, found.is_of_these_votes) == (16, (), True)
    assert found.largest_difference < 1e-9


def test_half_a_vote_has_the_interval_of_half_a_vote(entries):
    votes = list(vote_at_random(entries, 40))
    publish()
    for vote in votes[::3]:
        exclude_vote(vote, rule="test", by="a test", now=timezone.now(), weight=0.5)
    list(vote_at_random(entries, 5, seed=8))
    publish()
    found = recompute_leaderboard()
    assert (found.problems, found.largest_difference < 1e-9) == ([], True)


def test_weights_that_come_and_go_leave_nothing_behind(entries):
    votes = [cast(entries[0], entries[1]) for _ in range(2)]
    for weights in [(0.1, 0.7), (0.7, 0.1), (0.0, 0.0)]:
        for vote, weight in zip(votes, weights, strict=True):
            exclude_vote(vote, rule="test", by="a test", now=timezone.now(), weight=weight)
        publish()
        assert check_invariants(now=timezone.now()) == []
    assert {getattr(PairCount.objects.get(category="overall"), name) for name in SUMS + SQUARES} == {0.0}


def test_a_tampered_count_is_found(entries):
    list(vote_at_random(entries, 10))
    publish()
    CountedVote.objects.filter(number=1).update(weight=0.5)
    assert any("its exclusions say" in sentence for sentence in check_invariants(now=timezone.now()))


@pytest.mark.parametrize("column", [*SUMS, *SQUARES])
def test_a_tampered_pair_count_is_found_by_its_entries(entries, column):
    cast(entries[0], entries[2])
    cast(entries[1], entries[2])
    publish()
    PairCount.objects.filter(first=entries[0], category="overall").update(**{column: 3})
    pair = f"entries {entries[0].pk} and {entries[2].pk}"
    assert check_invariants(now=timezone.now()) == [f"the stored counts of {pair} are not what the votes give"]


def test_a_lost_vote_is_found(entries):
    cast(entries[0], entries[1])
    PendingVote.objects.all().delete()
    assert any("neither counted nor waiting" in sentence for sentence in check_invariants(now=timezone.now()))


def test_the_sum_of_the_pair_counts_is_the_number_of_votes(entries):
    list(vote_at_random(entries, 25))
    publish()
    total = sum(
        p.first_wins + p.second_wins + p.ties + p.both_bad for p in PairCount.objects.filter(category="overall")
    )
    assert total == Vote.objects.count() == 25


def test_votes_of_a_source_leave_the_board_and_come_back_with_the_policy(entries, settings):
    cast(entries[0], entries[1])
    vote = cast(entries[1], entries[0], Choice.TIE)
    imported = make_battle(entries[0], entries[1])
    PendingVote.objects.create(vote=copy_as_imported(vote, imported))
    assert publish().votes == 3
    settings.COUNTED_SOURCES = ["human"]
    assert publish().votes == 2
    assert check_invariants(now=timezone.now()) == []
    assert publish() is None
    settings.COUNTED_SOURCES = ["human", "imported"]
    assert publish().votes == 3
    assert check_invariants(now=timezone.now()) == []


def test_a_source_comes_back_with_the_weights_that_its_exclusions_say(entries, settings):
    votes = [cast(entries[0], entries[1]) for _ in range(3)]
    for vote, weight in ((votes[0], 0.5), (votes[1], 0.0)):
        exclude_vote(vote, rule="test", by="a test", now=timezone.now(), weight=weight)
    publish()
    for sources, weights in ((["imported"], [0, 0, 0]), (["human"], [0.5, 0, 1])):
        settings.COUNTED_SOURCES = sources
        publish()
        assert list(CountedVote.objects.order_by("number").values_list("weight", flat=True)) == weights
        assert not PendingVote.objects.exists()
        assert check_invariants(now=timezone.now()) == []


def copy_as_imported(vote, battle):
    fields = ("voter", "choice", "cast_at", "turns_seen", "elo_a", "elo_b")
    return Vote.objects.create(battle=battle, source="imported", **{name: getattr(vote, name) for name in fields})


def test_an_exclusion_of_a_vote_that_is_off_the_board_waits_with_it(entries, settings):
    settings.COUNTED_SOURCES = ["imported"]
    vote = cast(entries[0], entries[1])
    exclude_vote(vote, rule="test", weight=0.5, by="test", now=timezone.now())
    assert (publish().votes, weight_of(vote)) == (0, 0)
    settings.COUNTED_SOURCES = ["human"]
    assert (publish().votes, weight_of(vote)) == (1, 0.5)
    assert CountedVote.objects.get().weight == 0.5
