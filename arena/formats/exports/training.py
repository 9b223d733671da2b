"""Formats that models are trained on: TRL's preference (DPO) and unpaired preference (KTO), ShareGPT, AlpacaEval.

None of them knows a weight, so votes that count for nothing are skipped in all. Nothing is to be learned from a pair
of equal answers, or from an empty one, so these are skipped in those that train.
"""

from collections.abc import Iterator
from typing import Literal

from arena.formats.exports.base import ExportFormat, Row, messages
from arena.formats.votes.base import VoteRecord
from arena.formats.votes.fields import POINTS, SCORE

Side = Literal["a", "b"]

_NOT_COUNTED = "votes that count for nothing"
_EMPTY = "those with an empty message"


def _winner(record: VoteRecord) -> Side | None:
    sides: dict[str, Side] = {"model_a": "a", "model_b": "b"}
    return sides.get(record.choice)


def _name(record: VoteRecord, side: Side) -> str:
    return record.model_a if side == "a" else record.model_b


def _teaches(record: VoteRecord, *sides: Side) -> bool:
    """Tell whether the messages of these sides all say something, and the last answers differ where it is both."""
    conversations = [[message["content"].strip() for message in messages(record, side)] for side in sides]
    last = {conversation[-1] for conversation in conversations if conversation}
    return bool(record.turns) and all(map(all, conversations)) and len(last) == len(sides)


def _dpo(record: VoteRecord) -> Iterator[Row]:
    won = _winner(record)
    # After the first turn each side goes on from its own answer, so the two have no prompt in common any more.
    if won is None or len(record.turns) != 1 or not record.weight or not _teaches(record, "a", "b"):
        return
    lost: Side = "b" if won == "a" else "a"
    yield {
        "prompt": messages(record, won)[:1],
        "chosen": messages(record, won)[1:],
        "rejected": messages(record, lost)[1:],
        "chosen_model": _name(record, won),
        "rejected_model": _name(record, lost),
    }


def _kto(record: VoteRecord) -> Iterator[Row]:
    won = _winner(record)
    if (won is None and record.choice != "both_bad") or not record.weight or not _teaches(record, "a", "b"):
        return
    sides: tuple[Side, Side] = ("a", "b")
    for side in sides:
        conversation = messages(record, side)
        yield {
            "prompt": conversation[:-1],
            "completion": conversation[-1:],
            "label": side == won,
            "model": _name(record, side),
        }


def _sharegpt(record: VoteRecord) -> Iterator[Row]:
    won = _winner(record)
    if won is None or not record.weight or not _teaches(record, won):
        return
    speakers = {"user": "human", "assistant": "gpt"}
    turns = [{"from": speakers[message["role"]], "value": message["content"]} for message in messages(record, won)]
    yield {"id": record.id, "conversations": turns, "model": _name(record, won)}


def _alpaca_eval(record: VoteRecord) -> Iterator[Row]:
    if len(record.turns) != 1 or not record.weight:
        return
    (turn,) = record.turns
    yield {
        "id": record.id,
        "instruction": turn.user_text,
        "output_1": turn.answer_a,
        "generator_1": record.model_a,
        "output_2": turn.answer_b,
        "generator_2": record.model_b,
        "dataset": "agon",
        "annotator": record.judge or None,
        "preference": 2 - (POINTS[record.choice] if record.score is None else record.score),
        "cast_at": record.cast_at.isoformat() if record.cast_at else "",
        "weight": record.weight,
        # 2 - preference may differ from it in the last digit.
        SCORE: record.score,
    }


DPO = ExportFormat(
    "dpo",
    "jsonl",
    _dpo,
    {
        "prompt": "A list with the user's message, as `{role, content}`.",
        "chosen": "The answer that won.",
        "rejected": "The answer that lost.",
        "chosen_model": "Who wrote the one.",
        "rejected_model": "Who wrote the other.",
    },
    f"ties, battles that both sides lost or that have more than one turn, equal answers, {_EMPTY}, {_NOT_COUNTED}",
)
KTO = ExportFormat(
    "kto",
    "jsonl",
    _kto,
    {
        "prompt": "The conversation before the last answer, as `{role, content}`.",
        "completion": "The last answer.",
        "label": "Whether it won; both are false where both were bad.",
        "model": "Who wrote it.",
    },
    f"ties, battles without texts, equal answers, {_EMPTY}, {_NOT_COUNTED}",
)
SHAREGPT = ExportFormat(
    "sharegpt",
    "json",
    _sharegpt,
    {
        "id": "The battle, the same in every export.",
        "conversations": "The conversation of the side that won, as `{from, value}`; from is `human` or `gpt`.",
        "model": "Who answered.",
    },
    f"ties, battles that both sides lost or that have no texts, {_EMPTY}, {_NOT_COUNTED}",
)
ALPACA_EVAL = ExportFormat(
    "alpaca-eval",
    "json",
    _alpaca_eval,
    {
        "id": "The battle, the same in every export.",
        "instruction": "The user's message.",
        "output_1": "The answer of side A.",
        "generator_1": "Who answered on side A.",
        "output_2": "The answer of side B.",
        "generator_2": "Who answered on side B.",
        "dataset": "Always `agon`.",
        "annotator": "A pseudonym, the same within this export only; null: nobody knows who.",
        "preference": "1 for side A, 2 for side B, 1.5 for a tie or where both were bad; between where the vote was.",
        "cast_at": "When the vote was cast, ISO 8601.",
        "weight": "What the vote counts for on the board, above 0 to 1.",
        SCORE: "Points of side A, 0 to 1, where they lie between those of two choices; else null.",
    },
    f"battles with more or less than one turn, {_NOT_COUNTED}",
)
