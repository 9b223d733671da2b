"""Weights in memory and the text that is written with them. Importing this module loads torch and transformers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedModel
from transformers import __version__ as version
from transformers.utils import logging

from arena.backends.base import BackendError, Completion, Decoding, Piece, Unavailable
from arena.backends.transformers_local.batch import Batch
from arena.backends.transformers_local.job import Job, Reason
from arena.backends.transformers_local.loading import in_words, read_model
from arena.backends.transformers_local.memory import DEFAULT, Limits
from arena.backends.transformers_local.rehearsal import rehearse
from arena.backends.transformers_local.scheduler import Scheduler
from arena.backends.transformers_local.stops import StopStrings
from arena.backends.transformers_local.text import TextStream
from arena.backends.transformers_local.weights import commit_of

logging.disable_progress_bar()  # type: ignore[no-untyped-call]

#: What configurations call the most tokens that a model was made for.
LONGEST = ("max_position_embeddings", "max_seq_len", "seq_length", "max_target_positions", "n_positions")


@dataclass(frozen=True)
class Writing:
    """One answer to write, as the model sees it.

    prompt: token ids. ends: tokens, and stops: strings, that end it besides what ends every answer of these weights.
    adapter: the folder of a LoRA adapter on these weights.
    """

    prompt: list[int]
    decoding: Decoding
    seed: int
    tokenizer: Tokenizer
    ends: frozenset[int] = frozenset()
    stops: tuple[str, ...] = ()
    adapter: Path | None = None


class LocalModel:
    """One set of weights, for any number of threads at once; one thread of its own runs them for all.

    window: the most tokens of one conversation, its answer included.
    """

    def __init__(self, model: PreTrainedModel, limits: Limits = DEFAULT, *, commit: str = "") -> None:
        batch = Batch(model)
        room = limits.cache_megabytes * 2**20 // rehearse(batch, model)
        # Some models, such as BLOOM, name no longest conversation: then memory alone bounds it here.
        self.window: int = min(_longest(model) or room, room)
        self._limits = limits
        self._facts = {"engine": f"transformers {version}", "dtype": str(model.dtype).removeprefix("torch.")}
        if commit:
            self._facts["commit"] = commit
        self._scheduler = Scheduler(batch, ends=_end_tokens(model), room=room, limits=limits)

    @classmethod
    def read(cls, folder: Path, limits: Limits = DEFAULT) -> "LocalModel":
        """Return the weights in this folder, ready to write. Raises Unavailable."""
        model = read_model(folder)
        try:
            turn_wide_layers(model)
            return cls(model, limits, commit=commit_of(folder))
        except BackendError:
            raise
        except Exception as error:
            raise Unavailable(f"the weights in {folder} do not run here: {in_words(error)}") from error

    def warm_up(self, adapter: Path | None = None) -> None:
        """Run the weights once, so that the first visitor does not wait for it. Raises BackendError."""
        asyncio.run(self._run_once(adapter))

    async def stream(self, writing: Writing) -> AsyncGenerator[Piece, None]:
        """Yield the answer piece by piece, an empty piece where there is none. Raises BackendError."""
        text, stops, written = TextStream(writing.tokenizer), StopStrings(writing.stops), 0
        job = Job(writing.prompt, writing.decoding, writing.seed, self._deadline(), writing.adapter, ends=writing.ends)
        async with aclosing(self._submit(job)) as tokens:
            async for token in tokens:
                written += token is not None
                yield Piece("" if token is None else stops.add(text.add(token)))
                if stops.has_stopped:
                    break
        if not stops.has_stopped:
            yield Piece(stops.add(text.rest()) + stops.rest())
        reason: Reason = "stop" if stops.has_stopped else job.reason
        yield Piece(end=Completion(reason, written, prompt_tokens=len(writing.prompt), facts=self._facts))

    async def _run_once(self, adapter: Path | None) -> None:
        job = Job([0], Decoding(temperature=0, max_new_tokens=1), 0, self._deadline(), adapter)
        async for _ in self._submit(job):
            pass

    def _submit(self, job: Job) -> AsyncGenerator[int | None, None]:
        self._scheduler.submit(job)
        return job.tokens()

    def _deadline(self) -> float:
        return monotonic() + self._limits.seconds

    def close(self) -> None:
        """End the thread; what is being written fails."""
        self._scheduler.close()


def turn_wide_layers(model: nn.Module) -> None:
    """Let layers with at least as many outputs as inputs lie column by column; what they compute is the same.

    torch's linear layers lie row by row, and MKL multiplies a single row with them at two thirds of what the memory
    can give; turned, one or two rows go 1.1 to 2.3 times as fast, and larger batches within a tenth of before
    (AVX-512, one thread). Narrow layers gain nothing.
    """
    for layer in model.modules():
        if isinstance(layer, nn.Linear) and layer.out_features >= layer.in_features:
            layer.weight.data = layer.weight.data.t().contiguous().t()


def _end_tokens(model: PreTrainedModel) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    return frozenset([ends] if isinstance(ends, int) else ends or [])


def _longest(model: PreTrainedModel) -> int | None:
    config = model.config.get_text_config()
    return next((value for name in LONGEST if isinstance(value := getattr(config, name, None), int)), None)
