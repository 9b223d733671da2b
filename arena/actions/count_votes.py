"""Take what is uncounted into the counts that the board is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from django.conf import settings
from django.db.models import Q

from arena.comparisons import WeightedVote, newest_weights, weighted
from arena.models import CountedVote, PairCount, Uncounted
from arena.models.counts import OVERALL, SQUARES, SUMS
from arena.models.inserting import insert_rows

AT_ONCE = 10_000

Change = tuple[WeightedVote, WeightedVote]  # as counted before, as counted now
Pair = tuple[int, int]
Sums = dict[Pair, dict[str, float]]


@dataclass(frozen=True)
class Counting:
    """One round: votes whose weight has changed, and votes counted for the first time, in the order of counting."""

    changed: Sequence[Change]
    added: Sequence[WeightedVote]

    @cached_property
    def all_votes(self) -> list[WeightedVote]:
        """Every counted vote, read where it is needed: after a change of weight, and for a first board."""
        return counted_votes()


def count_votes() -> Counting:
    """Count the oldest uncounted rows. For the holder of the board's lock, in a transaction."""
    waiting = list(Uncounted.objects.select_related("vote__battle", "vote__counted").order_by("pk")[:AT_ONCE])
    votes = {row.vote_id: row.vote for row in waiting}
    weights = newest_weights(votes.values())
    changed, added = [], []
    for vote in votes.values():
        now = weighted(vote, weights[vote.pk])
        if not hasattr(vote, "counted"):
            added.append(now)
        elif vote.counted.weight != now.weight:
            changed.append((replace(now, weight=vote.counted.weight), now))
    found = Counting(changed, added)
    _remember(found)
    Uncounted.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return found


def ask_for_recount() -> None:
    """Make votes uncounted whose source has come onto the board, or left it, since they were counted."""
    is_on = Q(vote__source__in=settings.COUNTED_SOURCES)
    turned = CountedVote.objects.filter(Q(weight__gt=0) & ~is_on | Q(weight=0) & is_on)
    waiting = turned.order_by("number").values_list("vote_id", flat=True).iterator(chunk_size=AT_ONCE)
    while rows := list(islice(waiting, AT_ONCE)):
        insert_rows(Uncounted, ("vote_id",), ((id,) for id in rows))


def counted_votes() -> list[WeightedVote]:
    """All counted votes in the order of counting, with the weights at which they are counted."""
    rows = CountedVote.objects.select_related("vote__battle").order_by("number")
    return [weighted(row.vote, row.weight) for row in rows.iterator(chunk_size=5000)]


def _remember(found: Counting) -> None:
    last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
    numbered = enumerate(found.added, start=last + 1)
    CountedVote.objects.bulk_create(CountedVote(vote_id=v.vote_id, number=n, weight=v.weight) for n, v in numbered)
    for _, now in found.changed:
        CountedVote.objects.filter(vote_id=now.vote_id).update(weight=now.weight)
    _add_to_pairs(found.added)
    if anew := {now.pair for _, now in found.changed}:
        # Taking 0.1 off a sum that held it can leave less than nothing, which no fit accepts.
        _store(_added({}, (vote for vote in found.all_votes if vote.pair in anew)))


def _add_to_pairs(votes: Sequence[WeightedVote]) -> None:
    if votes:
        _store(_added(_stored({vote.pair for vote in votes}), votes))


def _stored(pairs: set[Pair]) -> Sums:
    """The sums so far; a pair that is counted for the first time has none."""
    firsts, seconds = ({pair[side] for pair in pairs} for side in (0, 1))
    rows = PairCount.objects.filter(category=OVERALL, first__in=firsts, second__in=seconds)
    stored = {(row["first_id"], row["second_id"]): row for row in rows.values("first_id", "second_id", *SUMS, *SQUARES)}
    return {pair: {name: stored[pair][name] for name in (*SUMS, *SQUARES)} for pair in pairs & stored.keys()}


def _added(sums: Sums, votes: Iterable[WeightedVote]) -> Sums:
    for vote in votes:
        row = sums.setdefault(vote.pair, dict.fromkeys((*SUMS, *SQUARES), 0.0))
        row[vote.column] += vote.weight
        row[f"{vote.column}_squared"] += vote.weight**2
    return sums


def _store(sums: Sums) -> None:
    PairCount.objects.bulk_create(
        [PairCount(category=OVERALL, first_id=first, second_id=second, **row) for (first, second), row in sums.items()],
        update_conflicts=True,
        unique_fields=["category", "first", "second"],
        update_fields=[*SUMS, *SQUARES],
    )
