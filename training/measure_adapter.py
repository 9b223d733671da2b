"""A measurement of the adapter on instructions that it never saw: does it do what it was trained for?

    python -m training.measure_adapter [--weights FOLDER] [--adapter FOLDER]

Prints how often the base and the adapter answer in the form of the training data, with 95% intervals (Wilson, 1927),
and how long their answers are.
"""

import argparse
import asyncio
import math
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arena.backends.base import Decoding, Message, Piece, Request
from arena.backends.transformers_local import TransformersBackend
from training.instructions import SYSTEM_PROMPT, has_the_form, held_out
from training.train_adapter import OUTPUT, WEIGHTS

TEMPERATURES = (0.0, 0.7)
MAX_NEW_TOKENS = 256


@dataclass(frozen=True)
class Answer:
    text: str
    tokens: int


def answers(models: Path, adapter: str, temperature: float) -> list[Answer]:
    """Return one answer to each held-out instruction, eight written at a time."""
    backend = TransformersBackend(models)
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda row: _answer(backend, row.instruction, adapter, temperature), held_out()))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95% interval of a share."""
    z, share = 1.959964, successes / trials
    middle = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (middle - half) / (1 + z * z / trials), (middle + half) / (1 + z * z / trials)


def _answer(backend: TransformersBackend, instruction: str, adapter: str, temperature: float) -> Answer:
    messages = (Message("system", SYSTEM_PROMPT), Message("user", instruction))
    decoding = Decoding(temperature=temperature, top_p=0.9, max_new_tokens=MAX_NEW_TOKENS)
    options = {"weights": "base", "adapter": adapter}
    return asyncio.run(_whole(backend.stream(Request(messages, decoding, 1, "tokenizer", options))))


async def _whole(pieces: AsyncGenerator[Piece, None]) -> Answer:
    text, tokens = "", 0
    async for piece in pieces:
        text += piece.text
        tokens = piece.end.tokens or 0 if piece.end else tokens
    return Answer(text, tokens)


@contextmanager
def _models(weights: Path, adapter: Path) -> Generator[Path, None, None]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "base").symlink_to(weights.resolve())
        (Path(folder) / "adapter").symlink_to(adapter.resolve())
        yield Path(folder)


def _line(name: str, temperature: float, written: Sequence[Answer]) -> str:
    in_form = sum(has_the_form(answer.text) for answer in written)
    lower, upper = wilson(in_form, len(written))
    tokens = sum(answer.tokens for answer in written) / len(written)
    share = f"{in_form} of {len(written)} in the form ({lower:.0%} to {upper:.0%})"
    return f"{name:8}  temperature {temperature:.1f}  {share:38}  {tokens:5.0f} tokens an answer"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--adapter", type=Path, default=OUTPUT)
    parser.add_argument("--show", type=int, default=0, help="print so many answers of each")
    options = parser.parse_args()
    settings.configure()
    with _models(options.weights, options.adapter) as models:
        for name in ("base", "adapter"):
            for temperature in TEMPERATURES:
                written = answers(models, "adapter" if name == "adapter" else "", temperature)
                print(_line(name, temperature, written), flush=True)
                for answer in written[: options.show]:
                    print("   ", answer.text.replace("\n", "\n    "), "\n")


if __name__ == "__main__":
    main()
