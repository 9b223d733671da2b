"""Compar:IA's data sets: votes, and the reactions to single answers by the sums that its makers rank by."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Numbered, Row, VoteFormat, VoteRecord
from arena.formats.votes.conversations import conversations
from arena.formats.votes.fields import label, moment, pair

_MODELS = frozenset({"model_a_name", "model_b_name"})
_JUDGES = ("visitor_id", "session_hash")
_VOTES = _MODELS | {"chosen_model_name", "both_equal"}
_TEXTS = frozenset({"conversation_a", "conversation_b"})
_FOR = ("liked", "useful", "complete", "creative", "clear_formatting")
_AGAINST = ("disliked", "incorrect", "superficial", "instructions_not_followed")
_REACTIONS = _MODELS | {"model_pos", "liked", "disliked", "conversation_pair_id"}
_SUMS = "sums"


def _read_vote(row: Row) -> VoteRecord:
    a, b = pair(row, *sorted(_MODELS))
    chosen = label(row, "chosen_model_name").strip()
    if _is_true(row.get("both_equal")) == bool(chosen):
        raise Unusable("it says both that the models are equal and which one is better, or neither")
    choice = {a: "model_a", b: "model_b", "": "tie"}.get(chosen)
    if choice is None:
        raise Unusable(f"it chose {chosen!r}, which is neither of the two")
    return _vote(row, (a, b), choice)


def _vote(row: Row, models: tuple[str, str], choice: str) -> VoteRecord:
    id, judge = label(row, "conversation_pair_id"), label(row, *_JUDGES)
    return VoteRecord(*models, choice, id=id, judge=judge, cast_at=moment(row, "timestamp"))


@dataclass
class _Conversation:
    """The first reaction to a conversation with its row, and the sums of all by side."""

    number: int
    row: Row
    sums: Counter[str] = field(default_factory=Counter)


def _one_for_each_conversation(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    """Yield a row for each conversation, at the end of the file: reactions to one need not stand together."""
    found: dict[object, _Conversation] = {}
    for number, row in rows:
        if isinstance(row, str) or row.get("model_pos") not in ("a", "b") or not row.get("conversation_pair_id"):
            yield number, row if isinstance(row, str) else "it does not say which answer it is about"
            continue
        key = (row["conversation_pair_id"], row["model_a_name"], row["model_b_name"])
        about = found.setdefault(key, _Conversation(number, row))
        about.sums[row["model_pos"]] += _points(row)
    yield from ((each.number, {**each.row, _SUMS: each.sums}) for each in found.values())


def _points(row: Row) -> int:
    return sum(_is_true(row.get(name)) for name in _FOR) - sum(_is_true(row.get(name)) for name in _AGAINST)


def _read_reactions(row: Row) -> VoteRecord:
    a, b = row[_SUMS]["a"], row[_SUMS]["b"]
    return _vote(row, pair(row, *sorted(_MODELS)), "tie" if a == b else "model_a" if a > b else "model_b")


def _is_true(value: object) -> bool:
    return str(value).strip().casefold() in ("true", "1", "1.0")


VOTES = VoteFormat(
    "comparia-votes",
    _VOTES,
    _VOTES | {"conversation_pair_id", "timestamp", *_JUDGES},
    _read_vote,
    _TEXTS,
    conversations,
)
REACTIONS = VoteFormat(
    "comparia-reactions",
    _REACTIONS,
    _REACTIONS | {"timestamp", _SUMS, *_JUDGES, *_FOR, *_AGAINST},
    _read_reactions,
    rows=_one_for_each_conversation,
    note="Reactions are summed up by conversation, as Compar:IA ranks by them; one to one answer is a vote.",
)
