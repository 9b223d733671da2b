"""A vote that was cast elsewhere, as every format gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_NAME = 100

Row = dict[str, Any]


class Unusable(Exception):
    """Why a row cannot be a vote, for its owner to read."""


@dataclass(frozen=True, slots=True)
class ForeignTurn:
    """One user message and its two answers."""

    user_text: str
    answer_a: str
    answer_b: str


@dataclass(frozen=True, slots=True)
class ForeignVote:
    """id: what its file calls it, or empty; judge: who chose, or empty; cast_at: None where the file does not say.

    choice: model_a, model_b, tie or both_bad; weight: in [0, 1]; turns: empty where the file has no conversation.
    """

    model_a: str
    model_b: str
    choice: str
    id: str = ""
    judge: str = ""
    cast_at: datetime | None = None
    weight: float = 1.0
    turns: tuple[ForeignTurn, ...] = ()


@dataclass(frozen=True)
class VoteFormat:
    """One way in which the field writes votes down.

    needs: columns by which it is known; columns: all that it reads; read: raises Unusable.
    """

    name: str
    needs: frozenset[str]
    columns: frozenset[str]
    read: Callable[[Row], ForeignVote]
