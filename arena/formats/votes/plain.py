"""Votes in plain columns: model_a, model_b, winner, and optionally an id, a judge, a time and the texts.

AutoArena's head-to-head table is one of them.
"""

from collections.abc import Mapping
from typing import Any

from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.conversations import conversations
from arena.formats.votes.fields import SCORE, choice, choice_of_score, label, moment, pair, score, text, weight

_NEEDS = frozenset({"model_a", "model_b", "winner"})
_OTHERS = {"id", "question_id", "judge", "voter", "cast_at", "tstamp", "timestamp", "weight", SCORE}
_TEXTS = frozenset({"prompt", "response_a", "response_b", "conversation_a", "conversation_b"})


def _read(row: Row, words: Mapping[str, str] | None = None, *, has_winner: bool = True) -> VoteRecord:
    a, b = pair(row)
    chosen = choice(row.get("winner"), (a, b), words) if has_winner else choice_of_score(row)
    return VoteRecord(
        a,
        b,
        chosen,
        score=score(row, chosen),
        id=label(row, "id", "question_id"),
        judge=label(row, "judge", "voter"),
        cast_at=moment(row, "cast_at", "tstamp", "timestamp"),
        weight=weight(row),
    )


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    if row.get("conversation_a") and row.get("conversation_b"):
        return conversations(row)
    if row.get("response_a") is None or row.get("response_b") is None:
        return ()
    return (TurnTexts(text(row.get("prompt")), text(row["response_a"]), text(row["response_b"])),)


_HEAD_TO_HEAD = _NEEDS | {"prompt", "response_a", "response_b", "judge"}

#: What `--mapping` can name, and what the points of side A are called there.
FIELDS = tuple(sorted((_NEEDS | _OTHERS | _TEXTS) - {SCORE} | {"score"}))


def mapped(columns: Mapping[str, str], words: Mapping[str, str]) -> VoteFormat:
    """Return the format of a table with these columns by field, whose words for winners mean these choices.

    A column may lead into an object or a list: "data.models.0".
    """

    def at(row: Row) -> Row:
        found = {field: _at(row, column) for field, column in columns.items()}
        return {**found, SCORE: found.get("score")}

    def read(row: Row) -> VoteRecord:
        return _read(at(row), words, has_winner="winner" in columns)

    return VoteFormat(
        "mapped",
        frozenset(),
        frozenset(column for field, column in columns.items() if field not in _TEXTS),
        read,
        frozenset(column for field, column in columns.items() if field in _TEXTS),
        lambda row: _read_texts(at(row)),
    )


def _at(value: Any, path: str) -> Any:
    """Return what stands under the column, or where the path leads; None where it leads nowhere."""
    if isinstance(value, list):
        key, _, rest = path.partition(".")
        found = value[int(key)] if key.isdigit() and int(key) < len(value) else None
        return _at(found, rest) if rest else found
    if not isinstance(value, dict) or path in value:
        return value.get(path) if isinstance(value, dict) else None
    # A column's own name may have points in it.
    outer = next((name for name in value if path.startswith(f"{name}.")), None)
    return None if outer is None else _at(value[outer], path.removeprefix(f"{outer}."))


AUTOARENA = VoteFormat("autoarena", _HEAD_TO_HEAD, _NEEDS | _OTHERS, _read, _TEXTS, _read_texts)
FORMAT = VoteFormat("csv", _NEEDS, _NEEDS | _OTHERS, _read, _TEXTS, _read_texts)
