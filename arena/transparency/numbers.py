"""What the arena tells of itself: what became of battles and votes, who may meet whom, how firm the board is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from arena.models import Choice, LanguageModel, RatingSnapshot, Vote, VoteExclusion
from arena.models.battles import BLIND_KINDS
from arena.models.catalog import Kind, PublicState
from arena.models.votes import Source, VoteQuerySet
from arena.pairing.chances import PairDraw, pair_draw
from arena.transparency.battle_counts import BattleCounts, battle_counts
from arena.transparency.excluded_by_model import ExcludedByModel, excluded_by_model
from arena.transparency.never_voted import NeverVoted, never_voted
from arena.transparency.replication import RankOnePeople, newest_replication
from arena.transparency.robustness import MAX_MODELS, Firmness, search
from arena.votes.policy import KNOWN_RULES, Rule, is_counted_source

CACHE_SECONDS = 60

_WHOSE: dict[str, str | Promise] = {
    Source.HUMAN: gettext_lazy("visitors"),
    Source.IMPORTED: gettext_lazy("imported"),
    Source.API: gettext_lazy("programs"),
}
#: What the rules mean by which the arena itself, its operator or a file of votes decides.
_MEANINGS: dict[str, str | Promise] = {
    **{rule.name: rule.meaning for rule in KNOWN_RULES},
    "imported": gettext_lazy("by the weight that the file gave it"),
}
_KEY, _ONE_COUNT_AT_A_TIME = "transparency", Lock()


@dataclass(frozen=True)
class VoteCount:
    """The votes of one source. is_counted: whether they are on the board."""

    source: str
    is_counted: bool
    votes: int
    model_a: int
    model_b: int
    tie: int
    both_bad: int

    @property
    def whose(self) -> str | Promise:
        """Who cast these votes, in the reader's language."""
        return _WHOSE.get(self.source, self.source)


@dataclass(frozen=True)
class ExclusionCount:
    """How many votes one rule excludes by their newest exclusion. removed: to weight 0; lessened: to one below 1."""

    rule: str
    removed: int
    lessened: int

    @property
    def meaning(self) -> str | Promise:
        """The rule in the reader's language; empty for a rule of this arena's own."""
        return _MEANINGS.get(self.rule, "")


@dataclass(frozen=True)
class EntryFacts:
    name: str
    slug: str
    kind: Kind
    state: PublicState
    added: datetime


@dataclass(frozen=True)
class BoardFacts:
    """The newest board. votes: how many count on it."""

    id: int
    published: datetime
    votes: int
    policy: str
    code_version: str
    digest: str


@dataclass(frozen=True)
class RankOne:
    """How firm rank 1 is: without `votes` votes the successor would lead.

    Both are None where taking away `most` votes was not enough.
    """

    leader: str
    successor: str | None
    votes: int | None
    most: int


@dataclass(frozen=True)
class Transparency:
    """All that the page tells.

    at: when it was counted. entries: the newest first. rank_one: None where it was not searched, as fewer
    than two or more than most_models models are rated by their votes alone: rated_models says how many.
    rank_one_people: the same in people, of the newest board that was asked. never_voted: by model, of battles that
    nobody can vote on any more; excluded_by_model: the same of votes that a rule took off.
    """

    at: datetime
    battles: BattleCounts
    votes: tuple[VoteCount, ...]
    exclusions: tuple[ExclusionCount, ...]
    draw: PairDraw
    entries: tuple[EntryFacts, ...]
    board: BoardFacts | None
    rank_one: RankOne | None
    rank_one_people: RankOnePeople | None
    never_voted: tuple[NeverVoted, ...] = ()
    excluded_by_model: tuple[ExcludedByModel, ...] = ()
    rated_models: int = 0
    most_models: int = MAX_MODELS

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that take votes off the board, also those that have taken none yet."""
        return KNOWN_RULES

    @property
    def retired(self) -> int:
        return sum(entry.state == PublicState.RETIRED for entry in self.entries)

    @property
    def bounded(self) -> list[NeverVoted]:
        """Return the rows whose rating battles without a vote could move; none where there was no such battle."""
        has_any = any(row.failed or row.left for row in self.never_voted)
        return [row for row in self.never_voted if has_any and row.rating is not None]

    @property
    def imported(self) -> int:
        """Return how many entries are known by votes only."""
        return sum(entry.state == PublicState.IMPORTED for entry in self.entries)


def transparency(*, now: datetime) -> Transparency:
    """Return the numbers, at most a minute old: with a million battles the counts take seconds."""
    with _ONE_COUNT_AT_A_TIME:
        numbers: Transparency | None = cache.get(_KEY)
        if numbers is None:
            numbers = _counted(now)
            cache.set(_KEY, numbers, timeout=CACHE_SECONDS)
        return numbers


def _counted(now: datetime) -> Transparency:
    """Count all of it, in a fixed number of queries."""
    entries = list(LanguageModel.objects.competing().order_by("-added", "-pk"))
    newest = RatingSnapshot.objects.newest()
    searched = search(newest) if newest else None
    firm = searched.found if searched else None
    votes = tuple(_votes())
    replicated = newest_replication()
    voted = sum(count.votes for count in votes if count.source != Source.IMPORTED)
    return Transparency(
        at=now,
        battles=battle_counts(voted=voted, now=now),
        votes=votes,
        exclusions=tuple(_exclusions()),
        draw=pair_draw(list(LanguageModel.objects.live())),
        entries=tuple(EntryFacts(e.display_name, e.slug, Kind(e.kind), e.public_state, e.added) for e in entries),
        board=_board(newest) if newest else None,
        rank_one=_rank_one(firm, {entry.pk: entry.display_name for entry in entries}) if firm else None,
        rank_one_people=replicated.rank_one if replicated else None,
        never_voted=never_voted(now=now),
        excluded_by_model=excluded_by_model(now=now),
        rated_models=searched.models if searched else 0,
    )


def _votes() -> Iterable[VoteCount]:
    """Yield the blind and imported votes of each source: others never count."""
    # All but the few others: to look up the battle of each vote takes seconds.
    counts, apart = _by_choice(Vote.objects.all()), _by_choice(Vote.objects.apart())
    counts.subtract(apart)
    for source in sorted({source for source, _ in +counts}):
        by_choice = [counts[source, choice] for choice in Choice]
        yield VoteCount(source, is_counted_source(source), sum(by_choice), *by_choice)


def _by_choice(votes: VoteQuerySet) -> Counter[tuple[str, str]]:
    rows = votes.values_list("source", "choice").annotate(Count("pk"))
    return Counter({(source, choice): votes for source, choice, votes in rows})


def _exclusions() -> Iterable[ExclusionCount]:
    holding = VoteExclusion.objects.newest().filter(vote__battle__kind__in=BLIND_KINDS, weight__lt=1)
    removed, lessened = Count("pk", filter=Q(weight=0)), Count("pk", filter=Q(weight__gt=0))
    for rule, gone, less in holding.values_list("rule").annotate(removed=removed, lessened=lessened).order_by("rule"):
        yield ExclusionCount(rule, gone, less)


def _board(newest: RatingSnapshot) -> BoardFacts:
    return BoardFacts(newest.pk, newest.published, newest.votes, newest.policy, newest.code_version, newest.digest)


def _rank_one(firm: Firmness, names: dict[int, str]) -> RankOne:
    successor = None if firm.successor is None else names[firm.successor]
    return RankOne(names[firm.leader], successor, firm.votes, firm.most)
