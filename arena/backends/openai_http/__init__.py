"""Models behind servers that speak OpenAI's chat completions: vLLM, SGLang, TGI, Ollama, llama.cpp, hosted ones.

An entry's options: "base_url", such as "http://127.0.0.1:8080/v1"; "model", as the server lists it; where they are
needed, "api_key_env", the name of a variable such as "SOME_API_KEY"; "limit_name", "max_completion_tokens" for servers
that refuse "max_tokens"; and "leave_out", what else a server refuses, such as ["seed", "stream_options"].
"""

import json
from collections.abc import Generator, Mapping
from contextlib import closing
from threading import Timer
from typing import Any

from arena.backends.base import BackendError, Completion, GenerationFailed, Request, Unavailable
from arena.backends.openai_http.addresses import Resolve, resolve
from arena.backends.openai_http.connection import Aborted, Connection
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.estimate import most_tokens
from arena.backends.openai_http.reading import Reading
from arena.backends.openai_http.stream import Delta, Reason, capped

#: The caps of a reply: what any server needs, and what each token that was asked for may add.
MIN_BYTES, BYTES_A_TOKEN = 2_000_000, 2_000
MIN_CHARACTERS, CHARACTERS_A_TOKEN = 2_000, 64
WARM_UP_SECONDS = 10.0


class OpenAIBackend:
    """A backend whose answers come from a server of the operator's choice. It holds no weights.

    limits: those of the settings unless given. resolve: looks up a name.
    """

    def __init__(self, *, limits: Limits | None = None, resolve: Resolve = resolve) -> None:
        self._limits, self._resolve = limits, resolve

    def stream(self, request: Request) -> Generator[str, None, Completion]:
        """Yield the answer piece by piece; see Backend. Its tokens are 0 where the server does not count them."""
        limits = self._limits or Limits.from_settings()
        endpoint = Endpoint.read(request.options)
        connection = Connection(endpoint, limits, self._resolve)
        most_bytes = MIN_BYTES + BYTES_A_TOKEN * request.decoding.max_new_tokens
        body = _body(request, endpoint)
        answer = _Answer(MIN_CHARACTERS + CHARACTERS_A_TOKEN * request.decoding.max_new_tokens)
        with closing(Reading(endpoint, connection, body, limits, most_bytes=most_bytes)) as reading:
            for delta in reading.deltas():
                yield answer.take(delta)
        return answer.completion()

    def count_tokens(self, request: Request) -> int:
        """Return an estimate that is rather too large: the server's vocabulary is not known, and it is not asked."""
        return most_tokens(request.messages)

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Ask whether the server has the model: some servers answer with another model if they do not know it.

        Raises Unavailable, with a sentence for the operator.
        """
        endpoint = Endpoint.read(options)
        listed = self._listed(endpoint)
        if not any(endpoint.model in _spellings(name) for name in listed):
            some = ", ".join(map(repr, sorted(listed)[:20])) or "none"
            raise Unavailable(f"{endpoint.base_url} does not list the model {endpoint.model!r}; it lists: {some}")

    def _listed(self, endpoint: Endpoint) -> set[str]:
        connection = Connection(endpoint, self._limits or Limits(read_seconds=WARM_UP_SECONDS), self._resolve)
        timer = Timer(WARM_UP_SECONDS, connection.abort)
        timer.daemon = True
        timer.start()
        try:
            with connection.open("GET", "models") as response:
                body = b"".join(capped(response.iter_raw(), MIN_BYTES)).decode("utf-8", "replace")
                return _names(endpoint.hide_key(body))
        except Aborted as error:
            raise Unavailable(f"{endpoint.base_url} did not list its models in {WARM_UP_SECONDS:g} s") from error
        except BackendError as error:
            raise Unavailable(f"{endpoint.base_url} does not list its models: {error}") from error
        finally:
            timer.cancel()


class _Answer:
    """An answer so far, and whether what has come is an answer."""

    def __init__(self, most_characters: int) -> None:
        self._most_characters = most_characters
        self._characters = self._tokens = 0
        self._reason: Reason | None = None
        self._thinks = False
        self._held = ""

    def take(self, delta: Delta) -> str:
        """Return the text to show now. Raises GenerationFailed where it is far more than was asked for."""
        self._reason = self._reason or delta.reason
        self._tokens = self._tokens if delta.tokens is None else delta.tokens
        self._thinks = self._thinks or delta.thinks
        text = self._whole_characters(delta.text)
        self._characters += len(text)
        if self._characters > self._most_characters:
            raise GenerationFailed(f"the server wrote more than {self._most_characters} characters")
        return text

    def completion(self) -> Completion:
        """Return how the answer ended. Raises GenerationFailed where the model only thought."""
        if self._reason is None:
            raise GenerationFailed("the reply ended without a reason")
        if self._thinks and not self._characters:
            raise GenerationFailed("the model used all its tokens for reasoning and said nothing")
        return Completion(self._reason, self._tokens)

    def _whole_characters(self, text: str) -> str:
        """Return the text with whole characters only; a lone half is dropped.

        JSON may name a character by two halves, and a chunk may end between them.
        """
        text, self._held = self._held + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._held = text[:-1], text[-1]
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _body(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    decoding = request.decoding
    body = {
        "model": endpoint.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        endpoint.limit_name: decoding.max_new_tokens,
        # llama.cpp keeps 32 bits, and its own choice for all of them set.
        "seed": request.seed % 2**31,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    return {name: value for name, value in body.items() if name not in endpoint.leave_out}


def _names(body: str) -> set[str]:
    try:
        return {str(model["id"]) for model in json.loads(body)["data"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unavailable("what it sent is no list of models") from error


def _spellings(listed: str) -> set[str]:
    """Return the name as listed, and without Gemini's "models/" and Ollama's ":latest", which may both be left out."""
    return {listed, listed.removeprefix("models/"), listed.removesuffix(":latest")}
