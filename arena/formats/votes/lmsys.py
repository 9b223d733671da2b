"""The data sets of LMSYS and LMArena: 33k and 100k (question_id, tstamp), 140k (id, full_conversation)."""

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, VoteFormat, VoteRecord
from arena.formats.votes.conversations import turns
from arena.formats.votes.fields import choice, label, moment, pair, weight

_VOTE = frozenset({"model_a", "model_b", "winner", "conversation_a", "conversation_b"})
_JUDGES = ("judge", "judge_hash", "evaluation_session_id")
_OTHERS = {"id", "question_id", "anony", "tstamp", "timestamp", "weight", *_JUDGES}


def _read(row: Row) -> VoteRecord:
    a, b = pair(row)
    if str(row.get("anony", True)).lower() == "false":
        raise Unusable("its voter saw the names of the models (anony is false)")
    return VoteRecord(
        a,
        b,
        choice(row),
        id=label(row, "question_id", "id"),
        judge=label(row, *_JUDGES),
        cast_at=moment(row, "tstamp", "timestamp"),
        weight=weight(row),
        turns=turns(row["conversation_a"], row["conversation_b"]),
    )


LMSYS_33K = VoteFormat("lmsys-33k", _VOTE | {"question_id", "tstamp"}, _VOTE | _OTHERS, _read)
ARENA_100K = VoteFormat("arena-100k", _VOTE | {"question_id", "judge_hash"}, _VOTE | _OTHERS, _read)
ARENA_140K = VoteFormat("arena-140k", _VOTE | {"id", "full_conversation"}, _VOTE | _OTHERS, _read)
