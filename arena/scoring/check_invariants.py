"""The proof from the facts that the board is what they say, and that nothing is stuck or doubled."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, F
from scipy.stats import binomtest

from arena.models import Answer, Battle, CountedVote, PendingVote, RatingSnapshot, Vote, VoteExclusion
from arena.models.answers import AnswerState
from arena.models.battles import BattleKind
from arena.scoring.recompute import recompute_all_leaderboards
from arena.votes.policy import rated_votes, vote_weight

MAX_LEASE_AGE = timedelta(seconds=120)
MIN_CHANCE = 1e-4
TRIES_ON_A_BUSY_ARENA = 5


def check_invariants(*, now: datetime) -> list[str]:
    """Return a sentence for each rule that is broken; empty where all hold."""
    checks = (_counts_add_up, _weights, _board, _votes_on_good_answers, _one_vote_a_battle, _sides)
    broken = [sentence for check in checks for sentence in check()]
    return broken + list(_leases(now))


def _counts_add_up() -> Iterator[str]:
    counted = CountedVote.objects.filter(weight__gt=0).count()
    excluded = CountedVote.objects.filter(weight=0).count()
    rated = rated_votes()
    pending, votes = rated.filter(counted__isnull=True).count(), rated.count()
    if counted + excluded + pending != votes:
        yield f"{counted} counted + {excluded} excluded + {pending} pending are not the {votes} votes"
    lost = rated.filter(counted__isnull=True).exclude(pk__in=PendingVote.objects.values("vote")).count()
    if lost:
        yield f"{lost} votes are neither counted nor waiting to be counted"


def _weights() -> Iterator[str]:
    """Yield the votes that are counted with another weight than the policy and the newest exclusion say."""
    newest = VoteExclusion.objects.newest().weights()
    # A vote whose change is pending is not wrong yet.
    settled = CountedVote.objects.exclude(vote__in=PendingVote.objects.values("vote"))
    for vote_id, source, counted in settled.values_list("vote_id", "vote__source", "weight"):
        due = vote_weight(source, newest.get(vote_id))
        if counted != due:
            yield f"vote {vote_id} is counted with weight {counted}, the policy and its exclusions say {due}"


def _board() -> Iterator[str]:
    """Yield how the newest board of each category differs from what its votes give."""
    for _ in range(TRIES_ON_A_BUSY_ARENA):
        newest = RatingSnapshot.objects.newest_id()
        recomputed = recompute_all_leaderboards()
        problems = [problem for board in recomputed for problem in board.problems]
        # What was read before a new board and what after it do not belong together.
        if not problems or newest == RatingSnapshot.objects.newest_id():
            break
    if not recomputed and CountedVote.objects.exists():
        yield "votes are counted and no board was published"
    yield from problems


def _votes_on_good_answers() -> Iterator[str]:
    bad = Answer.objects.filter(turn__battle__vote__isnull=False, turn__battle__kind=BattleKind.BLIND)
    bad = bad.exclude(state__in=(AnswerState.DONE, AnswerState.STOPPED))
    if count := bad.count():
        yield f"{count} answers of voted battles did not end well"


def _one_vote_a_battle() -> Iterator[str]:
    doubled = Vote.objects.values("battle").annotate(votes=Count("pk")).filter(votes__gt=1).count()
    if doubled:
        yield f"{doubled} battles have more than one vote"


def _sides() -> Iterator[str]:
    """Yield a sentence where the choice of who sits on side A is no fair coin (two-sided binomial test)."""
    blind = Battle.objects.filter(kind=BattleKind.BLIND)
    battles, lower_first = blind.count(), blind.filter(model_a__lt=F("model_b")).count()
    if battles and (chance := binomtest(lower_first, battles).pvalue) < MIN_CHANCE:
        yield f"sides are not fair: {lower_first} of {battles} battles (chance {chance:.1e})"


def _leases(now: datetime) -> Iterator[str]:
    stuck = Answer.objects.filter(state=AnswerState.STREAMING, leased_until__lt=now - MAX_LEASE_AGE).count()
    if stuck:
        yield f"{stuck} answers have a lease that ended over {MAX_LEASE_AGE.seconds} s ago: is the sweep running?"
