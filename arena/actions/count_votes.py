"""Take what is uncounted into the counts that the boards are made of."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from arena.comparisons import BATTLE_COLUMNS, WeightedVote, newest_weights
from arena.models import Choice, CountedVote, PairCount, Uncounted, VoteExclusion
from arena.models.counts import SQUARES, SUMS
from arena.models.inserting import insert_rows
from arena.tags import Tags, tags_of

AT_ONCE, TEXTS_AT_ONCE = 10_000, 500

Change = tuple[WeightedVote, WeightedVote]  # as counted before, as counted now
Pair = tuple[str, int, int]  # the category of a board, and two entries of it
Sums = dict[Pair, list[float]]  # in the order of SUMS, then of SQUARES
_KEY = ("category", "first_id", "second_id")


def counted_votes() -> list[WeightedVote]:
    """All counted votes in the order of counting, with the weights at which they are counted."""
    # As model instances a million would take five times as long, and the memory of all of them.
    rows = CountedVote.objects.order_by("number").values_list(
        "vote_id", *BATTLE_COLUMNS, "vote__choice", "weight", "categories"
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


def tags_of_waiting() -> dict[UUID, Tags]:
    """What the texts of the oldest uncounted votes say. It takes a while: not for the holder of the lock."""
    waiting, _ = _waiting()
    battles = [vote.battle for vote in waiting if vote.counted is None]
    return dict.fromkeys(battles, Tags()) | _tags_of(battles)


def count_votes(tags: Mapping[UUID, Tags]) -> Counting:
    """Count the oldest uncounted rows. For the holder of the board's lock, in a transaction.

    tags: of their battles; what is not among them, as of votes that came since, is read here.
    """
    waiting, rows = _waiting()
    weights = newest_weights({vote.id: vote.source for vote in waiting})
    added = [vote for vote in waiting if vote.counted is None]
    late = _tags_of([vote.battle for vote in added if vote.battle not in tags])
    found_tags = [tags.get(vote.battle) or late.get(vote.battle) or Tags() for vote in added]
    found = Counting(
        [vote.change(weights[vote.id]) for vote in waiting if vote.counted not in (None, weights[vote.id])],
        [vote.weighted(weights[vote.id], of_it.categories) for vote, of_it in zip(added, found_tags, strict=True)],
    )
    _remember(found, found_tags)
    # By their own keys: an exclusion that came since the weights were read has a row too, and waits.
    Uncounted.objects.filter(pk__in=rows).delete()
    return found


@dataclass(frozen=True, slots=True)
class _WaitingVote:
    """counted, categories: how it is counted so far; None before."""

    id: int
    battle: UUID
    model_a: int
    model_b: int
    choice: str
    source: str
    counted: float | None
    categories: str | None

    def weighted(self, weight: float, categories: tuple[str, ...]) -> WeightedVote:
        sides = (self.model_a, self.model_b)
        return WeightedVote(self.id, str(self.battle), *sides, Choice(self.choice), weight, categories)

    def change(self, weight: float) -> Change:
        now = self.weighted(weight, _split(self.categories or ""))
        return replace(now, weight=self.counted or 0.0), now


def _waiting() -> tuple[list[_WaitingVote], list[int]]:
    """The votes of the oldest uncounted rows, each once, and the pks of these rows."""
    counted = ("vote__counted__weight", "vote__counted__categories")
    columns = ("vote_id", *BATTLE_COLUMNS, "vote__choice", "vote__source", *counted)
    rows = list(Uncounted.objects.order_by("pk").values_list("pk", *columns)[:AT_ONCE])
    return [_WaitingVote(*vote) for vote in dict.fromkeys(row[1:] for row in rows)], [row[0] for row in rows]


def _tags_of(battles: Sequence[UUID]) -> dict[UUID, Tags]:
    """A few at a time: conversations may be long."""
    found: dict[UUID, Tags] = {}
    for start in range(0, len(battles), TEXTS_AT_ONCE):
        found |= tags_of(battles[start : start + TEXTS_AT_ONCE])
    return found


def turn_sources() -> None:
    """Weigh the votes anew whose source has come onto the board, or left it, since they were counted.

    For the holder of the board's lock, who sums all boards anew after it.
    """
    is_on = Q(vote__source__in=settings.COUNTED_SOURCES)
    CountedVote.objects.filter(~is_on, weight__gt=0).update(weight=0)
    excluded = VoteExclusion.objects.filter(vote=OuterRef("vote")).order_by("-pk").values("weight")[:1]
    back = CountedVote.objects.filter(is_on, weight=0)
    back.update(weight=Coalesce(Subquery(excluded), 1.0))


def tag_anew() -> None:
    """Tag every counted vote by the rules of today. It takes a while: not for the holder of the lock.

    A vote whose texts were erased keeps the tags that it has.
    """
    last = 0
    columns = ("number", "pk", "vote__battle", "categories", "style")
    while chunk := list(CountedVote.objects.filter(number__gt=last).order_by("number").values_list(*columns)[:AT_ONCE]):
        last = chunk[-1][0]
        tags = _tags_of([battle for _, _, battle, _, _ in chunk])
        changed = []
        for _, pk, battle, categories, style in chunk:
            now = _columns(tags[battle]) if battle in tags else (categories, bytes(style))
            if now != (categories, bytes(style)):
                changed.append(CountedVote(pk=pk, categories=now[0], style=now[1]))
        CountedVote.objects.bulk_update(changed, ["categories", "style"], batch_size=500)


def sum_anew() -> None:
    """Sum all boards again from the counted votes. For the holder of the board's lock, in a transaction."""
    PairCount.objects.all().delete()
    sums = _added({}, counted_votes())
    insert_rows(PairCount, (*_KEY, *SUMS, *SQUARES), ((*pair, *row) for pair, row in sums.items()))


def _on(board: str, votes: Sequence[WeightedVote]) -> list[WeightedVote]:
    return [vote for vote in votes if board in vote.boards]


def _columns(tags: Tags) -> tuple[str, bytes]:
    return " ".join(tags.categories), tags.style


def _remember(found: Counting, tags: Sequence[Tags]) -> None:
    last = CountedVote.objects.order_by("-number").values_list("number", flat=True).first() or 0
    columns = ("vote_id", "number", "weight", "categories", "style")
    numbered = enumerate(zip(found.added, tags, strict=True), last + 1)
    rows = ((vote.vote_id, number, vote.weight, *_columns(of_it)) for number, (vote, of_it) in numbered)
    insert_rows(CountedVote, columns, rows)
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
    rows = ((*pair, *row) for pair, row in sums.items())
    insert_rows(PairCount, (*_KEY, *SUMS, *SQUARES), rows, replaced_by=_KEY)
