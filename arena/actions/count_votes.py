"""Take what is uncounted into the counts that the boards are made of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from itertools import islice

from django.conf import settings
from django.db.models import Q

from arena.comparisons import WeightedVote, newest_weights, weighted
from arena.models import Choice, CountedVote, PairCount, Uncounted, Vote
from arena.models.counts import SQUARES, SUMS
from arena.models.inserting import insert_rows
from arena.tags import Tags, tags_of

AT_ONCE = 10_000

Change = tuple[WeightedVote, WeightedVote]  # as counted before, as counted now
Pair = tuple[str, int, int]  # the category of a board, and two entries of it
Sums = dict[Pair, list[float]]  # in the order of SUMS, then of SQUARES
_KEY = ("category", "first_id", "second_id")


def counted_votes() -> list[WeightedVote]:
    """All counted votes in the order of counting, with the weights at which they are counted."""
    battle = [f"vote__battle__{name}" for name in ("id", "model_a_id", "model_b_id")]
    # As model instances a million would take five times as long, and the memory of all of them.
    rows = CountedVote.objects.order_by("number").values_list(
        "vote_id", *battle, "vote__choice", "weight", "categories"
    )
    return [
        WeightedVote(vote, str(id), a, b, Choice(choice), weight, _split(categories))
        for vote, id, a, b, choice, weight, categories in rows.iterator(chunk_size=5000)
    ]


@lru_cache(4096)
def _split(categories: str) -> tuple[str, ...]:
    return tuple(categories.split())


@dataclass(frozen=True)
class Counting:
    """One round: votes whose weight has changed, and votes counted for the first time, in the order of counting.

    all_votes: every counted vote, read where it is needed: after a change of weight, and for a first board.
    """

    changed: Sequence[Change]
    added: Sequence[WeightedVote]
    read_all: Callable[[], Sequence[WeightedVote]] = counted_votes

    @cached_property
    def all_votes(self) -> Sequence[WeightedVote]:
        return self.read_all()

    @property
    def boards(self) -> set[str]:
        """The categories that it touches."""
        return {board for vote in (*self.added, *(now for _, now in self.changed)) for board in vote.boards}

    def on(self, board: str) -> "Counting":
        """What of it concerns this board."""
        changed = [change for change in self.changed if board in change[1].boards]
        return Counting(changed, _on(board, self.added), lambda: _on(board, self.all_votes))

    def from_the_first(self) -> "dict[str, Counting]":
        """Each board's votes as if all were counted now."""
        votes: defaultdict[str, list[WeightedVote]] = defaultdict(list)
        for vote in self.all_votes:
            for board in vote.boards:
                votes[board].append(vote)
        return {board: Counting([], found, partial(list, found)) for board, found in votes.items()}


def count_votes() -> Counting:
    """Count the oldest uncounted rows. For the holder of the board's lock, in a transaction."""
    waiting = list(Uncounted.objects.select_related("vote__battle", "vote__counted").order_by("pk")[:AT_ONCE])
    votes = {row.vote_id: row.vote for row in waiting}
    weights = newest_weights(votes.values())
    added = [vote for vote in votes.values() if not hasattr(vote, "counted")]
    changed = [vote for vote in votes.values() if hasattr(vote, "counted") and vote.counted.weight != weights[vote.pk]]
    tags = tags_of([vote.battle_id for vote in added])
    found = Counting(
        [_change(vote, weights[vote.pk]) for vote in changed],
        [weighted(vote, weights[vote.pk], tags.get(vote.battle_id, Tags()).categories) for vote in added],
    )
    _remember(found, [tags.get(vote.battle_id, Tags()) for vote in added])
    Uncounted.objects.filter(pk__in=[row.pk for row in waiting]).delete()
    return found


def ask_for_recount() -> None:
    """Make votes uncounted whose source has come onto the board, or left it, since they were counted."""
    is_on = Q(vote__source__in=settings.COUNTED_SOURCES)
    turned = CountedVote.objects.filter(Q(weight__gt=0) & ~is_on | Q(weight=0) & is_on)
    waiting = turned.order_by("number").values_list("vote_id", flat=True).iterator(chunk_size=AT_ONCE)
    while rows := list(islice(waiting, AT_ONCE)):
        insert_rows(Uncounted, ("vote_id",), ((id,) for id in rows))


def count_anew() -> None:
    """Tag every counted vote by the rules of today and sum all boards again. For the holder of the board's lock.

    A vote whose texts were erased keeps the tags that it has.
    """
    columns = ("pk", "vote__battle", "categories", "style")
    rows = CountedVote.objects.order_by("number").values_list(*columns).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        tags = tags_of([battle for _, battle, _, _ in chunk])
        changed = []
        for pk, battle, *before in chunk:
            categories, style = _columns(tags[battle]) if battle in tags else before
            if (categories, bytes(style)) != (before[0], bytes(before[1])):
                changed.append(CountedVote(pk=pk, categories=categories, style=style))
        CountedVote.objects.bulk_update(changed, ["categories", "style"], batch_size=500)
    PairCount.objects.all().delete()
    sums = _added({}, counted_votes())
    insert_rows(PairCount, (*_KEY, *SUMS, *SQUARES), ((*pair, *row) for pair, row in sums.items()))


def _change(vote: Vote, weight: float) -> Change:
    now = weighted(vote, weight, vote.counted.categories.split())
    return replace(now, weight=vote.counted.weight), now


def _on(board: str, votes: Sequence[WeightedVote]) -> list[WeightedVote]:
    return [vote for vote in votes if board in vote.boards]


def _columns(tags: Tags) -> tuple[str, bytes]:
    return " ".join(tags.categories), tags.style


def _remember(found: Counting, tags: Sequence[Tags]) -> None:
    last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
    rows = []
    for number, (vote, (categories, style)) in enumerate(zip(found.added, map(_columns, tags), strict=True), last + 1):
        rows.append(
            CountedVote(vote_id=vote.vote_id, number=number, weight=vote.weight, categories=categories, style=style)
        )
    CountedVote.objects.bulk_create(rows)
    for _, now in found.changed:
        CountedVote.objects.filter(vote_id=now.vote_id).update(weight=now.weight)
    _add_to_pairs(found.added)
    if anew := {pair for _, now in found.changed for pair in _pairs(now)}:
        # Taking 0.1 off a sum that held it can leave less than nothing, which no fit accepts.
        sums = _added({}, found.all_votes)
        _store({pair: sums[pair] for pair in anew})


def _add_to_pairs(votes: Sequence[WeightedVote]) -> None:
    if votes:
        _store(_added(_stored({pair for vote in votes for pair in _pairs(vote)}), votes))


def _pairs(vote: WeightedVote) -> list[Pair]:
    return [(board, *vote.pair) for board in vote.boards]


def _stored(pairs: set[Pair]) -> Sums:
    """The sums so far; a pair that is counted for the first time has none."""
    boards, firsts, seconds = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}, {pair[2] for pair in pairs}
    rows = PairCount.objects.filter(category__in=boards, first__in=firsts, second__in=seconds)
    found = {(board, first, second): sums for board, first, second, *sums in rows.values_list(*_KEY, *SUMS, *SQUARES)}
    return {pair: found[pair] for pair in pairs & found.keys()}


def _added(sums: Sums, votes: Iterable[WeightedVote]) -> Sums:
    for vote in votes:
        place, weight, (first, second) = SUMS.index(vote.column), vote.weight, vote.pair
        for board in vote.boards:
            row = sums.get(pair := (board, first, second))
            if row is None:
                row = sums[pair] = [0.0] * (len(SUMS) + len(SQUARES))
            row[place] += weight
            row[len(SUMS) + place] += weight * weight
    return sums


def _store(sums: Sums) -> None:
    names = (*SUMS, *SQUARES)
    PairCount.objects.bulk_create(
        [
            PairCount(category=board, first_id=first, second_id=second, **dict(zip(names, row, strict=True)))
            for (board, first, second), row in sums.items()
        ],
        update_conflicts=True,
        unique_fields=["category", "first", "second"],
        update_fields=names,
        batch_size=2000,
    )
