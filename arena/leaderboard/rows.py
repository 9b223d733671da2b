"""Ratings and cards as rows of a table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from arena.answers.speeds import Speed
from arena.charts.axis import Tick, linear_axis, short_number
from arena.models import LanguageModel, Rating
from arena.models.catalog import Kind, PublicState
from ratings.standings import LARGEST_GROUP

#: Why a rating is provisional, by the codes of ratings.standings.Reason.
PROVISIONAL = {
    "undefeated": gettext_lazy("has not lost yet"),
    "winless": gettext_lazy("has not won yet"),
    "few_votes": gettext_lazy("too few votes"),
    "no_residual": gettext_lazy("only expected results so far"),
    "outside_core": gettext_lazy("wins and losses do not connect yet"),
}
#: Below so many votes a place still moves; so long an entry is new.
FIRM_VOTES, NEW = 300, timedelta(days=14)
_NEW, _RETIRED, _PAUSED = gettext_lazy("new"), gettext_lazy("retired"), gettext_lazy("paused")
_APART = gettext_lazy("cannot be compared")


@dataclass(frozen=True)
class Whisker:
    """The interval on the scale that all rows of a group share, in percent of its width, as text."""

    start: str
    width: str
    middle: str


@dataclass(frozen=True)
class Scale:
    """What the intervals of a group are drawn on: from the lowest bound to the highest, in points."""

    low: float
    high: float

    def at(self, points: float) -> float:
        """Return where so many points lie, in percent of the scale's width."""
        return 100 * (points - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The round numbers on the scale, each with its place in percent."""
        numbers = linear_axis((self.low, self.high), start=0, end=100).values
        return tuple(Tick(round(self.at(n), 2), short_number(n)) for n in numbers if self.low <= n <= self.high)


@dataclass(frozen=True)
class BoardRow:
    """One entry as a row. Entries without votes have only a name and a card.

    position: by rating in its group, from 1; rank: the places that the intervals allow.
    style_rank: on the board freed from style; style_ranks: the places that its interval allows there; style_change:
    places surely won by that, where both boards have the same votes.
    above_next_percent: chance to be truly better than the next.
    flags: what a reader should know of it, in words; has_few_votes: said by a mark, as most rows may have it.
    """

    name: str
    slug: str
    organisation: str
    licence: str
    kind: Kind
    parameters: int | None
    context_tokens: int | None
    price: float | None
    position: int | None = None
    rank: str = ""
    rating: float | None = None
    lower: float | None = None
    upper: float | None = None
    whisker: Whisker | None = None
    style_rank: int | None = None
    style_ranks: str = ""
    style_change: int = 0
    rank_simultaneous: int | None = None
    above_next_percent: float | None = None
    elo: float | None = None
    votes: float = 0.0
    win_percent: float | None = None
    both_bad_percent: float | None = None
    effective_voters: float | None = None
    effective_prompts: float | None = None
    tokens_a_second: float | None = None
    seconds_to_first_text: float | None = None
    provisional: str = ""
    flags: tuple[Promise, ...] = ()
    has_few_votes: bool = False

    @property
    def bounds(self) -> str:
        """The ends of the interval, in points."""
        return f"{self.lower:.0f}–{self.upper:.0f}"

    @property
    def is_settled(self) -> bool:
        """Whether the interval allows no other place than the position."""
        return self.rank == str(self.position)

    @property
    def size(self) -> str:
        """The number of parameters, such as 135 M or 7.1 B: in millions or billions."""
        number = self.parameters or 0
        value, unit = (number / 1e9, "B") if number >= 1e9 else (number / 1e6, "M")
        return f"{value:.3g} {unit}"

    @property
    def style_distance(self) -> int:
        """The change of places without its sign."""
        return abs(self.style_change)


@dataclass(frozen=True)
class BoardGroup:
    """Entries that have met, directly or through others. Ratings of different groups are never compared.

    scale: what all its intervals are drawn on; those of another group would only squeeze them.
    """

    number: int
    rows: tuple[BoardRow, ...]
    scale: Scale


@dataclass(frozen=True)
class StyleRank:
    """An entry's place by rating on the board freed from style, in its group, and the votes that it rests on.

    best, worst: the places that its interval allows.
    """

    place: int
    best: int
    worst: int
    group: int
    votes: float

    @property
    def ranks(self) -> str:
        """Return the places that its interval allows, where there are others than its place."""
        return "" if self.best == self.worst else f"{self.best}–{self.worst}"

    def places_won(self, rating: Rating, position: int) -> int:
        """Return how many places it surely won: 0 where the intervals allow some place on both boards."""
        if (self.group, self.votes) != (rating.group, rating.votes):
            return 0
        is_sure = self.worst < rating.rank_best or rating.rank_worst < self.best
        return position - self.place if is_sure else 0


@dataclass(frozen=True)
class RowContext:
    """What rows show besides their board. style_ranks and speeds by the entry's pk."""

    now: datetime
    oldest: datetime | None  # when the first entry was added: in a new arena not all are marked as new
    style_ranks: Mapping[int, StyleRank]
    speeds: Mapping[int, Speed]
    most_votes: float  # of an entry: where none has many, none is marked for having few

    @classmethod
    def empty(cls, ratings: Sequence[Rating]) -> "RowContext":
        """Return what goes with a board as it was: ranks and votes only."""
        return cls(timezone.now(), None, {}, {}, max((rating.votes for rating in ratings), default=0))


def board_groups(ratings: Sequence[Rating], context: RowContext) -> tuple[BoardGroup, ...]:
    """Return the rows of each group.

    ratings: with their models, the best first within each group.
    """
    groups: dict[int, list[Rating]] = {}
    for rating in ratings:
        groups.setdefault(rating.group, []).append(rating)
    return tuple(_group(number, groups[group], context) for number, group in enumerate(sorted(groups), start=1))


def _group(number: int, ratings: Sequence[Rating], context: RowContext) -> BoardGroup:
    scale = Scale(min(rating.lower for rating in ratings), max(rating.upper for rating in ratings))
    rows = (_row(rating, position, scale, context) for position, rating in enumerate(ratings, start=1))
    return BoardGroup(number, tuple(rows), scale)


def unrated_row(model: LanguageModel, context: RowContext) -> BoardRow:
    """Return the row of an entry without votes."""
    return BoardRow(**_card(model), flags=tuple(_flags(model, None, context)))


def _row(rating: Rating, position: int, scale: Scale, context: RowContext) -> BoardRow:
    speed, styled = context.speeds.get(rating.model_id), context.style_ranks.get(rating.model_id)
    return BoardRow(
        **_card(rating.model),
        position=position,
        rank=rating.ranks,
        rating=rating.rating,
        lower=rating.lower,
        upper=rating.upper,
        whisker=_whisker(rating, scale),
        style_rank=styled.place if styled else None,
        style_ranks=styled.ranks if styled else "",
        style_change=styled.places_won(rating, position) if styled else 0,
        rank_simultaneous=rating.rank_simultaneous or None,
        above_next_percent=None if rating.above_next is None else 100 * rating.above_next,
        elo=rating.elo,
        votes=rating.votes,
        win_percent=100 * rating.win_rate,
        both_bad_percent=100 * rating.both_bad_rate,
        effective_voters=rating.effective_voters,
        effective_prompts=rating.effective_prompts,
        tokens_a_second=speed.tokens_a_second if speed else None,
        seconds_to_first_text=speed.seconds_to_first_text if speed else None,
        provisional=str(PROVISIONAL[rating.provisional]) if rating.provisional else "",
        flags=tuple(_flags(rating.model, rating, context)),
        has_few_votes=rating.votes < FIRM_VOTES <= context.most_votes,
    )


def _card(model: LanguageModel) -> dict[str, Any]:
    return {
        "name": model.display_name,
        "slug": model.slug,
        "organisation": model.organisation,
        "licence": model.licence,
        "kind": Kind(model.kind),
        "parameters": model.parameters,
        "context_tokens": model.known_context_tokens,
        "price": model.price,
    }


def _flags(model: LanguageModel, rating: Rating | None, context: RowContext) -> Iterator[Promise]:
    is_first = context.oldest is None or context.now - context.oldest < NEW
    if context.now - model.added < NEW and not is_first:
        yield _NEW
    if rating is not None and rating.group > LARGEST_GROUP:
        yield _APART
    state = model.public_state
    if state == PublicState.PAUSED:
        yield _PAUSED
    if state == PublicState.RETIRED:
        yield _RETIRED


def _whisker(rating: Rating, scale: Scale) -> Whisker:
    start, middle, end = (scale.at(points) for points in (rating.lower, rating.rating, rating.upper))
    return Whisker(f"{start:.2f}", f"{end - start:.2f}", f"{middle:.2f}")
