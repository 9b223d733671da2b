"""A vote as the formats of the field carry it, in imports and exports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = dict[str, Any]
Numbered = tuple[int, Row | str]


@dataclass(frozen=True, slots=True)
class TurnTexts:
    """One user message and its two answers."""

    user_text: str
    answer_a: str
    answer_b: str


@dataclass(frozen=True, slots=True)
class VoteRecord:
    """One vote on two models, with its conversation where there is one.

    id: what its file calls it, or empty; judge: who chose, or empty; cast_at: None where the file does not say.
    choice: model_a, model_b, tie or both_bad; score: points of side A in [0, 1], None where the choice says them;
    weight: in [0, 1]; turns: empty where there is no conversation.
    language: code of what the user writes, known for votes that go out; empty where nobody can tell.
    """

    model_a: str
    model_b: str
    choice: str
    id: str = ""
    judge: str = ""
    cast_at: datetime | None = None
    score: float | None = None
    weight: float = 1.0
    turns: tuple[TurnTexts, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class VoteFormat:
    """One way in which the field writes votes down.

    needs: columns by which it is known; columns: all that it reads of the vote, and read: the vote without its texts.
    texts: the columns of these, and read_texts: the turns that they hold. Both raise Unusable.
    rows: makes a row for each vote of the rows of the file, where these are not one each; a row may be the reason why
    it is no vote. note: what to know of votes that were made of something else.
    """

    name: str
    needs: frozenset[str]
    columns: frozenset[str]
    read: Callable[[Row], VoteRecord]
    texts: frozenset[str] = frozenset()
    read_texts: Callable[[Row], tuple[TurnTexts, ...]] = lambda row: ()
    rows: Callable[[Iterable[Numbered]], Iterable[Numbered]] = lambda rows: rows
    note: str = ""
