"""Ratings and cards as rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arena.answers.speeds import Speed
from arena.models import LanguageModel, Rating
from arena.models.catalog import Kind, State
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


@dataclass(frozen=True)
class Whisker:
    """The interval on the scale that all rows of a group share, in percent of its width."""

    start: float
    width: float
    middle: float


@dataclass(frozen=True)
class BoardRow:
    """One entry as a row. Entries without votes have only a name and a card.

    style_rank: on the board freed from style; style_change: places won by that, where both boards have the same votes.
    above_next_percent: chance to be truly better than the next. flags: what a reader should know of it, in words.
    """

    name: str
    slug: str
    organisation: str
    licence: str
    kind: str
    kind_key: str
    parameters: int | None
    context_tokens: int
    price: float | None
    rank: str = ""
    rating: float | None = None
    lower: float | None = None
    upper: float | None = None
    whisker: Whisker | None = None
    style_rank: int | None = None
    style_change: int = 0
    rank_simultaneous: int | None = None
    above_next_percent: float | None = None
    elo: float | None = None
    votes: float = 0.0
    win_percent: float | None = None
    both_bad_percent: float | None = None
    tokens_a_second: float | None = None
    seconds_to_first_text: float | None = None
    provisional: str = ""
    flags: tuple[str, ...] = ()

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
    """Entries that have met, directly or through others. Ratings of different groups are never compared."""

    number: int
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True)
class StyleRank:
    """An entry's place on the board freed from style, in its group, and the votes that it rests on."""

    rank: int
    group: int
    votes: float


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
    return tuple(BoardGroup(number + 1, _rows(groups[group], context)) for number, group in enumerate(sorted(groups)))


def _rows(ratings: Sequence[Rating], context: RowContext) -> tuple[BoardRow, ...]:
    """Return the rows of one group: its intervals share a scale, which those of another group would only squeeze."""
    low, high = min(rating.lower for rating in ratings), max(rating.upper for rating in ratings)
    return tuple(_row(rating, low, high, context) for rating in ratings)


def unrated_row(model: LanguageModel, context: RowContext) -> BoardRow:
    """Return the row of an entry without votes."""
    return BoardRow(**_card(model), flags=_flags(model, None, context))


def _row(rating: Rating, low: float, high: float, context: RowContext) -> BoardRow:
    speed, styled = context.speeds.get(rating.model_id), context.style_ranks.get(rating.model_id)
    is_alike = styled is not None and (styled.group, styled.votes) == (rating.group, rating.votes)
    return BoardRow(
        **_card(rating.model),
        rank=rating.ranks,
        rating=rating.rating,
        lower=rating.lower,
        upper=rating.upper,
        whisker=_whisker(rating, low, high),
        style_rank=styled.rank if styled else None,
        style_change=rating.rank - styled.rank if styled and is_alike else 0,
        rank_simultaneous=rating.rank_simultaneous or None,
        above_next_percent=None if rating.above_next is None else 100 * rating.above_next,
        elo=rating.elo,
        votes=rating.votes,
        win_percent=100 * rating.win_rate,
        both_bad_percent=100 * rating.both_bad_rate,
        tokens_a_second=speed.tokens_a_second if speed else None,
        seconds_to_first_text=speed.seconds_to_first_text if speed else None,
        provisional=str(PROVISIONAL[rating.provisional]) if rating.provisional else "",
        flags=_flags(rating.model, rating, context),
    )


def _card(model: LanguageModel) -> dict[str, Any]:
    return {
        "name": model.display_name,
        "slug": model.slug,
        "organisation": model.organisation,
        "licence": model.licence,
        "kind": str(model.get_kind_display()),
        "kind_key": model.kind,
        "parameters": model.parameters,
        "context_tokens": model.context_tokens,
        "price": model.price,
    }


def _flags(model: LanguageModel, rating: Rating | None, context: RowContext) -> tuple[str, ...]:
    is_new = context.now - model.added < NEW and context.oldest is not None and context.now - context.oldest >= NEW
    holds = {
        _("new"): is_new,
        _("under 300 votes"): rating is not None and rating.votes < FIRM_VOTES <= context.most_votes,
        _("cannot be compared"): rating is not None and rating.group > LARGEST_GROUP,
        # What was imported never was in the draw.
        _("retired"): model.state == State.RETIRED and model.kind != Kind.IMPORTED,
        _("paused"): model.public_state == State.PAUSED,
    }
    return tuple(flag for flag, is_true in holds.items() if is_true)


def _whisker(rating: Rating, low: float, high: float) -> Whisker:
    percent = 100 / (high - low)
    start = (rating.lower - low) * percent
    return Whisker(
        round(start, 2),
        round((rating.upper - rating.lower) * percent, 2),
        round((rating.rating - low) * percent, 2),
    )
