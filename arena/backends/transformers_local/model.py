"""Weights in memory and the loop that writes with them. Importing this module loads torch and transformers."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, DynamicCache, PreTrainedModel
from transformers.utils import logging

from arena.backends.base import Completion, Decoding, GenerationFailed, Unavailable
from arena.backends.transformers_local.sampling import next_token
from arena.backends.transformers_local.text import TextStream

# Threads of one product wait for each other by spinning; several answers at once use the cores better.
torch.set_num_threads(1)
logging.disable_progress_bar()  # type: ignore[no-untyped-call]

#: So few that reading them takes less than half a second: a stop is noticed in between.
PREFILL_TOKENS = 48


class LocalModel:
    """One set of weights, read-only, for any number of threads at once."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._ends = _end_tokens(model)
        self.window: int = model.config.get_text_config().max_position_embeddings

    @classmethod
    def read(cls, folder: Path) -> "LocalModel":
        """The weights in this folder, ready to write. Raises Unavailable."""
        try:
            model = AutoModelForCausalLM.from_pretrained(
                # float32: without AVX-512 a processor reads prompts in bfloat16 four times as slowly.
                folder,
                dtype=torch.float32,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
            )
        except (OSError, ValueError, RuntimeError, MemoryError, SafetensorError) as error:
            raise Unavailable(f"the weights in {folder} cannot be loaded: {error}") from error
        return cls(model)

    def warm_up(self) -> None:
        """Run the weights once, so that the first visitor does not wait for it."""
        self._logits([0], DynamicCache(config=self._model.config))

    def stream(
        self, prompt: list[int], decoding: Decoding, *, seed: int, tokenizer: Tokenizer
    ) -> Generator[str, None, Completion]:
        """The answer piece by piece, an empty piece where there is none. Raises GenerationFailed."""
        text = TextStream(tokenizer)
        rng = torch.Generator().manual_seed(seed)
        cache = DynamicCache(config=self._model.config)
        unread = yield from self._read(prompt, cache)
        for written in range(decoding.max_new_tokens):
            with _torch_failures():
                token = next_token(self._logits(unread, cache), decoding, rng)
            if token in self._ends:
                yield text.rest()
                return Completion("stop", written)
            yield text.add(token)
            unread = [token]
        yield text.rest()
        return Completion("length", decoding.max_new_tokens)

    def _read(self, prompt: list[int], cache: DynamicCache) -> Generator[str, None, list[int]]:
        """Put the prompt into the cache, all but its last piece, which is returned."""
        while len(prompt) > PREFILL_TOKENS:
            with _torch_failures():
                self._logits(prompt[:PREFILL_TOKENS], cache)
            prompt = prompt[PREFILL_TOKENS:]
            yield ""
        return prompt

    @torch.inference_mode()
    def _logits(self, tokens: list[int], cache: DynamicCache) -> torch.Tensor:
        """(vocabulary,) for the token after these."""
        output = self._model(torch.tensor([tokens]), past_key_values=cache, use_cache=True, logits_to_keep=1)
        logits: torch.Tensor = output.logits[0, -1]
        return logits


def _end_tokens(model: PreTrainedModel) -> frozenset[int]:
    ends = model.generation_config.eos_token_id
    return frozenset([ends] if isinstance(ends, int) else ends or [])


@contextmanager
def _torch_failures() -> Generator[None, None, None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        raise GenerationFailed(f"the model broke: {error}") from error
