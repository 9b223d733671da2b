"""The JSON of the board and its entries."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator

from arena.templatetags.board import whole_percent

Percent = Annotated[int, BeforeValidator(whole_percent)]


class CardOut(Schema):
    """One entry: its names, and who offers it under which licence."""

    slug: str
    name: str
    organisation: str
    licence: str
    kind: str


class RatingOut(Schema):
    """The rating of an entry, in points; shares between 0 and 1. Only ratings of the same group can be compared.

    provisional: why the votes alone set no finite rating yet; empty where they do. effective_voters, effective_prompts:
    as many of equally many votes would say as much; null where none is known.
    """

    group: int
    rank: int
    rank_best: int
    rank_worst: int
    rating: float
    lower: float
    upper: float
    elo: float
    votes: float
    win_rate: float
    both_bad_rate: float
    effective_voters: float | None
    effective_prompts: float | None
    provisional: str


class RowOut(CardOut, RatingOut):
    """One entry on a board. Numbers as in RatingOut."""


class BoardOut(Schema):
    """One published board. digest: of the votes that it counts. count: of all its rows, of which `items` are a part.

    voters, prompts: those whose votes, and on which votes, count, as far as they are known.
    """

    snapshot: int
    category: str
    published: datetime
    votes: int
    voters: int
    prompts: int
    policy: str
    code_version: str
    digest: str
    count: int
    items: list[RowOut]


class EntryOut(CardOut):
    """An entry, with or without votes. state: active, paused (also while it cannot answer) or retired.

    One of which only votes from elsewhere are known is imported. context_tokens: null where nobody has said. price: US
    dollars for a million tokens that it writes, as the operator states it.
    """

    state: str
    link: str
    description: str
    parameters: int | None
    context_tokens: int | None
    price: float | None


class EntriesOut(Schema):
    """A part of all entries. count: of all, of which `items` are a part."""

    count: int
    items: list[EntryOut]


class RivalOut(Schema):
    """The record against another entry.

    chance: to win by the newest board, a tie as half a win, in percent; null: not comparable.
    """

    slug: str
    name: str
    wins: float
    losses: float
    ties: float
    both_bad: float
    chance: Percent | None


class DecisionOut(Schema):
    """The verdict on the first model against the rival; numbers are points.

    verdict: "better" or "worse" by more than the margin, "practically equal" within it, or "not decided". lower, upper:
    the interval of the difference at this moment, at 95%; watched_lower, watched_upper: the band that decides, which
    may be looked at after every vote. chance: that a verdict falls with more_votes between the two by the same people,
    in percent; null: it has fallen, or too few people have voted. chance_by_new_people: the same by new people.
    """

    verdict: str
    margin: float
    difference: float
    lower: float
    upper: float
    watched_lower: float
    watched_upper: float
    more_votes: int
    chance: Percent | None
    chance_by_new_people: Percent | None


class VersusOut(RivalOut):
    """The record against another entry, and the verdict on the two; decision: null where nothing compares them."""

    decision: DecisionOut | None


class SpeedOut(Schema):
    """Medians of the newest answers; null where nothing was measured."""

    seconds_to_first_text: float | None
    tokens_a_second: float | None


class EntryPageOut(EntryOut):
    """All that is known of one entry. rating: null before its first vote that counts."""

    rating: RatingOut | None
    rivals: list[RivalOut]
    speed: SpeedOut
