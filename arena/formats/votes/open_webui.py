"""Open WebUI's export of feedback: one answer with a thumb, and the other models that answered the same message.

A thumb up is a win over each of these, a thumb down a loss. Nobody has chosen between two answers: the others may not
have been read, and there are no ties.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Numbered, Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, moment, pair, text

_NEEDS = frozenset({"data", "meta", "user_id", "type"})
_SIBLING = "sibling"
_CHOICES = {"1": "model_a", "-1": "model_b"}
NOTE = "A thumb is no choice between two answers: the others may not have been read, and there are no ties."


def _one_for_each_sibling(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    for number, row in rows:
        siblings = None if isinstance(row, str) else _objects(row.get("data")).get("sibling_model_ids")
        if isinstance(row, str) or not isinstance(siblings, list) or not siblings:
            yield number, row if isinstance(row, str) else "it names no other model that answered"
        else:
            yield from ((number, {**row, _SIBLING: sibling}) for sibling in siblings)


def _read(row: Row) -> VoteRecord:
    data, meta = _objects(row["data"]), _objects(row["meta"])
    if meta.get("arena") is not True:
        raise Unusable("its voter saw the name of the model (meta.arena is not true)")
    choice = _CHOICES.get(str(data.get("rating")))
    if choice is None:
        raise Unusable(f"its rating is {data.get('rating')!r:.60}, neither 1 nor -1")
    rated, other = pair({"model_id": data.get("model_id"), _SIBLING: row[_SIBLING]}, "model_id", _SIBLING)
    judge = label(row, "user_id")
    return VoteRecord(rated, other, choice, id=label(row, "id"), judge=judge, cast_at=moment(row, "created_at"))


def _read_texts(row: Row) -> tuple[TurnTexts, ...]:
    """Return the message, the rated answer and the sibling's, from the conversation that came along."""
    messages = row["snapshot"]
    for key in ("chat", "chat", "history", "messages"):
        messages = _objects(messages).get(key)
    rated = _objects(messages).get(str(_objects(row["meta"]).get("message_id")))
    if rated is None:
        return ()
    asked = messages[rated["parentId"]]
    answers = [messages[id] for id in asked["childrenIds"] if id in messages]
    sibling = next((each for each in answers if each.get("model") == row[_SIBLING]), None)
    if sibling is None:
        raise Unusable("the other answer is not in its conversation")
    return (TurnTexts(text(asked["content"]), text(rated["content"]), text(sibling["content"])),)


def _objects(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


FORMAT = VoteFormat(
    "open-webui",
    _NEEDS,
    _NEEDS | {"id", "created_at", _SIBLING},
    _read,
    frozenset({"snapshot"}),
    _read_texts,
    rows=_one_for_each_sibling,
    note=NOTE,
)
