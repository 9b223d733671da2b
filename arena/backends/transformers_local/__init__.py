"""The backend of models that run in this process, with transformers on the CPU.

Importing this package loads neither torch nor transformers: the web process counts tokens with it. Both come with
`model`, which is imported when the first weights are loaded.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings

from arena.backends.base import Piece, PromptTooLong, Request, Unavailable
from arena.backends.prompt_templates import named
from arena.backends.thoughts import parted
from arena.backends.transformers_local.folders import adapter_of, folder_of, is_usable, refuse_unusable
from arena.backends.transformers_local.memory import DEFAULT, Limits, fitted
from arena.backends.transformers_local.prompt import PromptFormat, longest_possible

if TYPE_CHECKING:
    from arena.backends.transformers_local.model import LocalModel, Writing

# huggingface_hub reads it once, when it is imported. Nothing here may ever ask the network.
os.environ["HF_HUB_OFFLINE"] = "1"

LOADING_PAUSE_SECONDS = 0.1

#: One thread for the whole process: while transformers reads weights it switches off its tying of weights, so that a
#: model read in another thread at the same time would keep numbers that were never set.
LOADER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="load-weights")


class TransformersBackend:
    """A backend that answers from weights in folders of safetensors.

    A process has one copy of each set of weights, shared by its threads.
    models: the folder of folders; settings.VAR / "models" unless given. limits: of each set of weights.
    """

    def __init__(self, models: Path | None = None, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._models = models or settings.VAR / "models"
        self._lock = Lock()
        self._formats: dict[Path, PromptFormat] = {}
        self._loaded: dict[Path, Future[LocalModel]] = {}

    def stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        """Yield the answer piece by piece; see Backend."""
        return parted(self._stream(request), who=str(request.options.get("weights")))

    async def _stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        folder = folder_of(request.options, self._models)
        loading = self._load(folder)
        prompt = self._format(folder).token_ids(request)
        while not loading.done():
            yield Piece()
            await asyncio.sleep(LOADING_PAUSE_SECONDS)
        model = loading.result()
        if len(prompt) + request.decoding.max_new_tokens > model.window:
            raise PromptTooLong(f"{len(prompt)} tokens and room to answer do not fit into {model.window}")
        if self._format(folder).opens_thoughts(request):
            yield Piece("<think>")
        async with aclosing(model.stream(self._writing(request, folder, prompt))) as pieces:
            async for piece in pieces:
                yield piece

    def count_tokens(self, request: Request) -> int:
        """Return exactly what `stream` feeds to the model.

        Where the weights are missing, it is a number that is never too small.
        """
        folder = folder_of(request.options, self._models)
        if not is_usable(folder):
            return longest_possible(request)
        return len(self._format(folder).token_ids(request))

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Load these weights and run them once. Raises Unavailable."""
        folder = folder_of(options, self._models)
        model = self._load(folder).result()
        self._format(folder)
        model.warm_up(adapter_of(options, self._models))

    def _writing(self, request: Request, folder: Path, prompt: list[int]) -> "Writing":
        from arena.backends.transformers_local.model import Writing

        prompt_format = self._format(folder)
        return Writing(
            prompt,
            request.decoding,
            request.seed,
            prompt_format.tokenizer,
            ends=prompt_format.ends(request.prompt_template),
            stops=(*named(request.prompt_template).stops, *stops_of(request.options)),
            adapter=adapter_of(request.options, self._models),
        )

    def _format(self, folder: Path) -> PromptFormat:
        with self._lock:
            if folder not in self._formats:
                self._formats[folder] = _read_format(folder)
            return self._formats[folder]

    def _load(self, folder: Path) -> "Future[LocalModel]":
        with self._lock:
            known = self._loaded.get(folder)
            # A load that failed is tried again: the operator may have fixed the cause.
            if known is None or (known.done() and known.exception()):
                refuse_unusable(folder)
                limits = fitted(folder, self._limits)
                known = self._loaded[folder] = LOADER.submit(_read_model, folder, limits)
            return known


def stops_of(options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the strings that an entry's options add to those that end an answer. Raises Unavailable."""
    stops = options.get("stops", [])
    if not isinstance(stops, list | tuple) or not all(isinstance(stop, str) and stop for stop in stops):
        raise Unavailable(f'options["stops"] must be a list of strings, none of them empty: {stops!r}')
    return tuple(stops)


def _read_format(folder: Path) -> PromptFormat:
    try:
        return PromptFormat.read(folder)
    except BaseException as error:
        # tokenizers is written in Rust, whose panics are no Exception in Python.
        if isinstance(error, Exception | KeyboardInterrupt | SystemExit):
            raise
        raise Unavailable(f"the tokenizer in {folder} cannot be read: {error}") from error


def _read_model(folder: Path, limits: Limits) -> "LocalModel":
    from arena.backends.transformers_local.model import LocalModel

    return LocalModel.read(folder, limits)
