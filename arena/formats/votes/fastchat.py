"""FastChat's own logs (`*-conv.json`, JSON lines): the votes among what happened, by the rules of its cleaning.

No vote are chats and other events, battles of named models, and those in which an answer is blank or an error message.
"""

from collections.abc import Iterator
from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, moment, pair, text

_NEEDS = frozenset({"tstamp", "type", "models", "states"})
_CHOICES = {"leftvote": "model_a", "rightvote": "model_b", "tievote": "tie", "bothbad_vote": "both_bad"}
#: How FastChat's server begins what it writes in place of an answer.
_ERRORS = ("network error due to high traffic", "$moderation$", "api request error", "**api request error**")


def _read(row: Row) -> VoteRecord:
    choice = _CHOICES.get(str(row["type"]))
    if choice is None:
        raise Unusable(f"it is no vote: its type is {row['type']!r:.60}")
    if any(name not in ("", "Model A", "Model B") for name in row["models"]):
        raise Unusable("its voter saw the names of the models (models is filled)")
    first, second = row["states"]
    a, b = pair({"model_a": first.get("model_name"), "model_b": second.get("model_name")})
    if any(_is_no_answer(answer) for state in (first, second) for _, answer in _exchanges(state)):
        raise Unusable("an answer is blank or an error message")
    # Only a digest of it is stored, as of any judge.
    return VoteRecord(a, b, choice, id=label(first, "conv_id"), judge=label(row, "ip"), cast_at=moment(row, "tstamp"))


def _is_no_answer(answer: Any) -> bool:
    written = text(answer).strip().casefold()
    return not written or written.startswith(_ERRORS)


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    sides = zip(*map(_exchanges, row["states"]), strict=False)
    return tuple(TurnTexts(text(asked), text(a), text(b)) for (asked, a), (_, b) in sides)


def _exchanges(state: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield what was asked with its answer. What stands before the offset is the template's example."""
    messages = [message for _, message in state["messages"][state.get("offset") or 0 :]]
    return zip(messages[::2], messages[1::2], strict=False)


FORMAT = VoteFormat("fastchat-log", _NEEDS, _NEEDS | {"ip"}, _read, frozenset({"states"}), _read_texts)
