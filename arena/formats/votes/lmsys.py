"""The data sets of LMSYS and LMArena: 33k and 100k (question_id, tstamp), 140k (id, full_conversation)."""

from arena.formats.votes.base import Row, VoteFormat, VoteRecord
from arena.formats.votes.conversations import conversations
from arena.formats.votes.fields import SCORE, choice, label, moment, pair, score, weight

_VOTE = frozenset({"model_a", "model_b", "winner"})
_TEXTS = frozenset({"conversation_a", "conversation_b"})
_JUDGES = ("judge", "judge_hash", "evaluation_session_id")
_OTHERS = {"id", "question_id", "tstamp", "timestamp", "weight", SCORE, *_JUDGES}


def _read(row: Row) -> VoteRecord:
    a, b = pair(row)
    chosen = choice(row.get("winner"), (a, b))
    return VoteRecord(
        a,
        b,
        chosen,
        score=score(row, chosen),
        id=label(row, "question_id", "id"),
        judge=label(row, *_JUDGES),
        cast_at=moment(row, "tstamp", "timestamp"),
        weight=weight(row),
    )


def _format(name: str, *needs: str) -> VoteFormat:
    return VoteFormat(name, _VOTE | _TEXTS | set(needs), _VOTE | _OTHERS, _read, _TEXTS, conversations)


LMSYS_33K = _format("lmsys-33k", "question_id", "tstamp")
ARENA_100K = _format("arena-100k", "question_id", "judge_hash")
ARENA_140K = _format("arena-140k", "id", "full_conversation")
