"""The parser of a reply's bytes: server-sent events, their JSON, and all that servers get wrong in it."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from arena.backends.base import BackendError, GenerationFailed, PromptTooLong, Unavailable
from arena.backends.openai_http.failures import Transient, excerpt, is_too_long

Reason = Literal["stop", "length"]

_REASONS: dict[str, Reason] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
}
_DONE = "[DONE]"


@dataclass(frozen=True)
class Delta:
    """The news of one chunk. reason: given once the answer has ended. thinks: the model reasons unseen."""

    text: str = ""
    reason: Reason | None = None
    tokens: int | None = None
    thinks: bool = False


def capped(parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Yield the same parts. Raises GenerationFailed after this many bytes."""
    read = 0
    for part in parts:
        read += len(part)
        if read > most:
            raise GenerationFailed(f"the reply is longer than {most} bytes")
        yield part


def deltas(parts: Iterable[bytes], hide_key: Callable[[str], str]) -> Iterator[Delta]:
    """Yield what a stream of server-sent events says, up to its end mark.

    hide_key: replaces the key in what the server says, which may repeat it.
    Raises BackendError; Transient where it just ends, without a reason or an end mark.
    """
    has_ended = False
    for data in events(parts):
        if data.strip() == _DONE:
            if not has_ended:
                yield Delta(reason="stop")
            return
        delta = read_chunk(hide_key(data))
        has_ended = has_ended or delta.reason is not None
        yield delta
    if not has_ended:
        raise Transient("the stream ended without a finish_reason or [DONE]")


def events(parts: Iterable[bytes]) -> Iterator[str]:
    """Yield the data of each event. A last event without its empty line counts too: some servers forget it.

    The format is WHATWG HTML, 9.2.6; llama.cpp's field "error" counts as data.
    """
    data: list[str] = []
    for line in _lines(parts):
        if line == "":
            if data:
                yield "\n".join(data)
            data = []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "error":
            yield json.dumps({"error": value})
    if data:
        yield "\n".join(data)


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    # Cut at line feeds before decoding: a part may end within a character, but a line cannot.
    rest = b""
    for part in parts:
        *lines, rest = (rest + part).split(b"\n") if b"\n" in part else (rest + part,)
        yield from map(_decoded, lines)
    if rest:
        yield _decoded(rest)


def _decoded(line: bytes) -> str:
    try:
        return line.removesuffix(b"\r").decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unavailable(f"the reply is not UTF-8: {excerpt(repr(line))}") from error


def read_chunk(data: str) -> Delta:
    """Return what one chunk, or a whole reply that is not streamed, adds. Raises BackendError."""
    chunk = _json_object(data)
    if chunk.get("error"):
        raise _error(chunk["error"])
    tokens = _tokens(chunk.get("usage"))
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or choice.get("index") not in (0, None):
        return Delta(tokens=tokens)
    message = choice.get("delta") or choice.get("message")
    message = message if isinstance(message, dict) else {}
    thinks = any(message.get(key) for key in ("reasoning_content", "reasoning"))
    return Delta(_text(message.get("content")), _reason(choice.get("finish_reason")), tokens, thinks)


def _json_object(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unavailable(f"the reply is not JSON: {excerpt(data)}") from error
    if not isinstance(chunk, dict):
        raise Unavailable(f"the reply is no JSON object: {excerpt(data)}")
    return chunk


def _error(error: Any) -> BackendError:
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    kind = PromptTooLong if is_too_long(text) else Unavailable
    return kind(f"the server reports an error in its stream: {excerpt(text)}")


def _text(content: Any) -> str:
    """Return the text of a content: a string, nothing, or a list of parts (Mistral).

    Of the parts, those of type "text" are said aloud.
    """
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
        return "".join(_text(part.get("text")) for part in parts)
    # PostgreSQL stores no NUL.
    return content.replace("\0", "") if isinstance(content, str) else ""


def _reason(reason: Any) -> Reason | None:
    if not isinstance(reason, str) or not reason:
        return None
    if reason not in _REASONS:
        raise GenerationFailed(f"the server ended the answer for the reason {excerpt(reason)!r}")
    return _REASONS[reason]


def _tokens(usage: Any) -> int | None:
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return tokens if type(tokens) is int and tokens >= 0 else None
