"""The JSON of battles. Before the vote nothing here can hold a name: what fills it is a BlindBattle."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from ninja import Field, Schema

Status = Literal["running", "ready", "voted", "lost", "closed"]


#: What forms.PromptForm takes, as a schema says it: some character that is seen, and none that cannot be stored. It is
#: the form that judges, in the words that pages have too.
_PROMPT: dict[str, Any] = {
    "minLength": 1,
    "maxLength": settings.MAX_PROMPT_CHARACTERS,
    "pattern": r"^[^\u0000\ufffd]*[^\s\u0000\ufffd][^\u0000\ufffd]*$",
}


class NewBattle(Schema):
    """The prompt that begins a battle."""

    prompt: str = Field(examples=["Why is the sky blue?"], json_schema_extra=_PROMPT)


class NewTurn(Schema):
    """A further prompt. turn: the battle's `next_turn`; sent again with the same prompt, it adds nothing."""

    prompt: str = Field(examples=["And at night?"], json_schema_extra=_PROMPT)
    turn: int | None = Field(None, ge=1, le=10_000)


class NewVote(Schema):
    """A choice between the two answers."""

    choice: Literal["model_a", "model_b", "tie", "both_bad"]


class AnswerOut(Schema):
    """One side of a turn. text: Markdown as the model wrote it, once the answer has ended; never trust it as HTML."""

    slot: str
    state: str
    text: str


class TurnOut(Schema):
    """One prompt and its answers.

    turns_left_out: number of older turns that neither model was shown, because they did not fit; 0 before the vote.
    """

    number: int
    prompt: str
    turns_left_out: int
    answers: list[AnswerOut]


class SideOut(Schema):
    """One entry with its name, and what this vote does to its Elo."""

    slot: str
    slug: str
    name: str
    organisation: str
    licence: str
    link: str
    description: str
    elo: float
    step: float
    seconds_to_first_text: float | None
    seconds: float | None
    tokens: int | None


class RevealOut(Schema):
    """The names, once the vote is cast. chance_a: what the board gave model A before this vote, in percent.

    is_counted: whether the vote is on the board; votes of programs are where ARENA_COUNTED_SOURCES has `api`.
    """

    choice: str
    cast_at: datetime
    chance_a: int
    is_counted: bool
    sides: list[SideOut]


class BattleOut(Schema):
    """One battle. status: running, ready (for a vote), voted, lost (a side has nothing to vote on) or closed.

    reveal: null before the vote.
    """

    id: UUID
    status: Status
    may_vote: bool
    may_continue: bool
    next_turn: int
    turns: list[TurnOut]
    reveal: RevealOut | None
