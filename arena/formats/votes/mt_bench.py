"""MT-bench judgments, by people (model_a, winner, turn) or by a judge model in pairs (g1_winner, g2_winner)."""

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts, VoteFormat, VoteRecord
from arena.formats.votes.conversations import conversations
from arena.formats.votes.fields import choice, label, moment, pair

_PEOPLE = frozenset({"model_a", "model_b", "winner", "judge", "turn"})
_CONVERSATIONS = frozenset({"conversation_a", "conversation_b"})
_PAIRS = frozenset({"model_1", "model_2", "g1_winner", "g2_winner"})
_SIDES = {"model_1": "model_a", "model_2": "model_b", "tie": "tie"}


def _read_people(row: Row) -> VoteRecord:
    a, b = pair(row)
    return VoteRecord(
        a,
        b,
        choice(row.get("winner"), (a, b)),
        id=label(row, "question_id"),
        judge=label(row, "judge"),
        cast_at=moment(row, "tstamp"),
    )


def _seen(row: Row) -> tuple[TurnTexts, ...]:
    """Return the conversation up to the turn that was judged."""
    number = str(row.get("turn"))
    conversation = conversations(row)
    return conversation[: int(number)] if number.isdigit() else conversation


def _read_pair(row: Row) -> VoteRecord:
    a, b = pair(row, "model_1", "model_2")
    return VoteRecord(
        a, b, _agreed(row), id=label(row, "question_id"), judge=label(row, "judge"), cast_at=moment(row, "tstamp")
    )


def _agreed(row: Row) -> str:
    """Return the winner if it won in both orders, otherwise a tie (Zheng et al. 2023, section 3.4)."""
    games = [_SIDES.get(str(row.get(name))) for name in ("g1_winner", "g2_winner")]
    if None in games:
        raise Unusable("its judge gave no verdict in one of the two orders")
    return str(games[0]) if games[0] == games[1] else "tie"


_OTHERS = {"question_id", "judge", "tstamp"}

PEOPLE = VoteFormat(
    "mt-bench-judgments", _PEOPLE | _CONVERSATIONS, _PEOPLE | _OTHERS, _read_people, _CONVERSATIONS | {"turn"}, _seen
)
PAIRS = VoteFormat("mt-bench-judgments", _PAIRS, _PAIRS | _OTHERS, _read_pair)
