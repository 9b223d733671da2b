"""Exclude votes, so that they count less or not at all, and restore them. The votes stay as they were cast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from arena.models import Vote, VoteExclusion
from arena.votes.policy import OPERATOR, put_on_board

AT_ONCE = 5000


@dataclass(frozen=True)
class Selection:
    """The votes that an operator means: those that meet every condition that is given.

    battles: their ids; voter: a pseudonym; source: a kind of voter, such as "human", or the name of an imported set;
    since, until: when they were cast, from the first moment on and before the second; rule: by which they are excluded;
    entry: the pk of one of the two; is_excluded: whether they weigh less than 1.
    """

    battles: Sequence[UUID] = ()
    voter: UUID | None = None
    source: str = ""
    since: datetime | None = None
    until: datetime | None = None
    rule: str = ""
    entry: int | None = None
    is_excluded: bool | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether no condition is given, which would mean every vote."""
        return self == Selection()

    def votes(self) -> "QuerySet[Vote]":
        """Return the votes, in the order in which they were stored."""
        votes = Vote.objects.from_source(self.source) if self.source else Vote.objects.all()
        if self.rule:
            votes = votes.filter(
                pk__in=VoteExclusion.objects.newest().filter(rule=self.rule, weight__lt=1).values("vote")
            )
        if self.battles:
            votes = votes.filter(battle__in=self.battles)
        if self.entry is not None:
            votes = votes.filter(Q(battle__model_a=self.entry) | Q(battle__model_b=self.entry))
        if self.is_excluded is not None:
            excluded = Q(pk__in=VoteExclusion.objects.newest().filter(weight__lt=1).values("vote"))
            votes = votes.filter(excluded if self.is_excluded else ~excluded)
        conditions = {"voter": self.voter, "cast_at__gte": self.since, "cast_at__lt": self.until}
        return votes.filter(**{name: value for name, value in conditions.items() if value is not None}).order_by("pk")


def exclude_votes(
    votes: "QuerySet[Vote]", *, reason: str, by: str, now: datetime, weight: float = 0.0, rule: str = OPERATOR
) -> int:
    """Give these votes this weight from the next board on. Return for how many that is a change.

    weight: in [0, 1]; 1 restores them. reason: in the words of whoever decides, kept with each exclusion. rule: whose
    decision it is, an operator's or that of a rule.
    """
    changed = [
        vote
        for vote, newest_weight, newest_rule in _with_newest(votes)
        if (newest_weight, newest_rule) != (weight, rule) and not newest_weight == weight == 1
    ]
    evidence = {"reason": reason}
    with transaction.atomic():
        VoteExclusion.objects.bulk_create(
            (
                VoteExclusion(vote=vote, rule=rule, rule_version="1", weight=weight, evidence=evidence, by=by, at=now)
                for vote in changed
            ),
            batch_size=AT_ONCE,
        )
        put_on_board(changed)
    return len(changed)


def _with_newest(votes: "QuerySet[Vote]") -> Iterator[tuple[Vote, float, str]]:
    """Yield each vote with the weight and the rule of its newest exclusion; 1 and no rule where it has none."""
    chosen = list(votes.select_related("battle"))
    for start in range(0, len(chosen), AT_ONCE):
        part = chosen[start : start + AT_ONCE]
        newest = VoteExclusion.objects.newest().filter(vote__in=[vote.pk for vote in part])
        decisions = {vote: (weight, rule) for vote, weight, rule in newest.values_list("vote", "weight", "rule")}
        yield from ((vote, *decisions.get(vote.pk, (1.0, ""))) for vote in part)
