"""Models behind servers that speak OpenAI's chat completions: vLLM, SGLang, TGI, Ollama, llama.cpp, hosted ones.

What an entry's options may say is in `endpoint` (where, with which key, for how long) and `body` (what is asked).
"""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from arena.backends.base import BackendError, Piece, Request, Unavailable
from arena.backends.openai_http.addresses import Resolve, resolve
from arena.backends.openai_http.answer import Answer
from arena.backends.openai_http.body import BodyOptions, request_body
from arena.backends.openai_http.connection import Connection
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.estimate import most_tokens
from arena.backends.openai_http.failures import Declined
from arena.backends.openai_http.reading import Reading
from arena.backends.openai_http.stream import capped
from arena.backends.thoughts import parted

#: The caps of a reply: what any server needs, and what each token that was asked for may add.
MIN_BYTES, BYTES_A_TOKEN = 2_000_000, 2_000
WARM_UP_SECONDS = 10.0

logger = logging.getLogger(__name__)


class NoList(Unavailable):
    """The server does not tell which models it has; it may answer nevertheless."""


class OpenAIBackend:
    """A backend whose answers come from a server of the operator's choice. It holds no weights.

    limits: those of the settings unless given. resolve: looks up a name.
    """

    def __init__(self, *, limits: Limits | None = None, resolve: Resolve = resolve) -> None:
        self._limits, self._resolve = limits, resolve

    def stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        """Yield the answer piece by piece; see Backend."""
        who = request.options.get("base_url"), request.options.get("model")
        return parted(self._stream(request), who=tuple(map(str, who)))

    async def _stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        endpoint = Endpoint.read(request.options)
        limits = endpoint.limits(self._limits or Limits.from_settings())
        most = request.decoding.max_new_tokens + endpoint.asked.thinking_tokens
        connection = Connection(endpoint, limits, self._resolve, most_tokens=most)
        most_bytes = MIN_BYTES + BYTES_A_TOKEN * most
        body = request_body(request, endpoint.model, endpoint.asked)
        reading = Reading(endpoint, connection, body, limits, most_bytes=most_bytes)
        answer = Answer(most)
        try:
            async with aclosing(reading.deltas()) as deltas:
                async for delta in deltas:
                    yield answer.take(delta)
            end = answer.completion()
        except Declined as filtered:
            logger.info("a filter of the server ended an answer: %s", filtered)
            end = answer.declined()
        yield replace(answer.rest(), end=end)

    def count_tokens(self, request: Request) -> int:
        """Return an estimate that is rather too large: the server's vocabulary is not known, and it is not asked.

        The tokens that an entry thinks with take room too.
        """
        return most_tokens(request.messages) + BodyOptions.read(request.options).thinking_tokens

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Ask whether the server has the model: some servers answer with another model if they do not know it.

        Raises Unavailable, with a sentence for the operator; NoList where that is not known.
        """
        endpoint = Endpoint.read(options)
        listed = self._listed(endpoint)
        if not any(endpoint.model in _spellings(name) for name in listed):
            some = ", ".join(map(repr, sorted(listed)[:20])) or "none"
            raise Unavailable(f"{endpoint.base_url} does not list the model {endpoint.model!r}; it lists: {some}")

    def _listed(self, endpoint: Endpoint) -> set[str]:
        try:
            return asyncio.run(asyncio.wait_for(self._ask_for_the_list(endpoint), WARM_UP_SECONDS))
        except TimeoutError as error:
            raise NoList(f"{endpoint.base_url} did not list its models in {WARM_UP_SECONDS:g} s") from error
        except BackendError as error:
            raise NoList(f"{endpoint.base_url} does not list its models: {error}") from error

    async def _ask_for_the_list(self, endpoint: Endpoint) -> set[str]:
        connection = Connection(endpoint, self._limits or Limits(read_seconds=WARM_UP_SECONDS), self._resolve)
        async with connection.open("GET", "models") as response:
            parts = [part async for part in capped(response.aiter_raw(), MIN_BYTES)]
        return _names(endpoint.hide_key(b"".join(parts).decode("utf-8", "replace")))


def _names(body: str) -> set[str]:
    try:
        listed = json.loads(body)
        names = {str(model["id"]) for model in (listed if isinstance(listed, list) else listed["data"])}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unavailable("what it sent is no list of models") from error
    if not names:
        raise Unavailable("its list of models is empty")
    return names


def _spellings(listed: str) -> set[str]:
    """Return the name as listed, and without Gemini's "models/" and Ollama's ":latest", which may both be left out."""
    return {listed, listed.removeprefix("models/"), listed.removesuffix(":latest")}
