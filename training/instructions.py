"""The instruction data that the project wrote, in the shape of Alpaca's: one JSON object a line."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SYSTEM_PROMPT = "You are a helpful assistant."

#: One sentence, an empty line, and exactly three numbered points of one line each.
_FORM = re.compile(r"[^\n]+[.!?]\n\n1\. [^\n]+\n2\. [^\n]+\n3\. [^\n]+")


@dataclass(frozen=True)
class Instruction:
    """A user's request and the answer to learn; an empty one where the model is to write it."""

    instruction: str
    output: str = ""


def training_set() -> list[Instruction]:
    return _read(HERE / "instructions.jsonl")


def held_out() -> list[Instruction]:
    """Return the instructions that no training saw."""
    return _read(HERE / "held_out.jsonl")


def has_the_form(answer: str) -> bool:
    """Return whether it is written as all training answers are: a sentence, then three points, and nothing more."""
    return bool(_FORM.fullmatch(answer.strip()))


def _read(file: Path) -> list[Instruction]:
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [Instruction(row["instruction"], row.get("output", "")) for row in rows]
