"""The parser of a reply's bytes: server-sent events, their JSON, and all that servers get wrong in it."""

import json
import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from arena.backends.base import GenerationFailed, Unavailable
from arena.backends.openai_http.failures import Transient, excerpt, reported

Reason = Literal["stop", "length", "declined"]

_STOPS = "stop eos eos_token end end_turn end_of_turn stop_sequence complete completed"
_LENGTHS = "length max_tokens model_length max_output_tokens max_completion_tokens max_length"
_FILTERS = (
    "content_filter content_filtered refusal safety sensitive recitation blocklist spii prohibited_content"
    " guardrail_intervened"
)
_FAILURES = "error abort aborted cancelled canceled network_error insufficient_system_resource timeout failed"
_REASONS: dict[str, Reason] = {
    **dict.fromkeys(_STOPS.split(), "stop"),
    **dict.fromkeys(_LENGTHS.split(), "length"),
    **dict.fromkeys(_FILTERS.split(), "declined"),
}
#: Words that some servers write where others have null.
_NO_REASON = {"", "null", "none"}
#: Fields of thoughts. Some servers send the same ones in two of them, so the first that has any counts.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
_SPOKEN, _THOUGHT = {"text", "output_text"}, {"thinking", "reasoning", "reasoning.text", "reasoning.summary"}
_DONE = "[DONE]"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delta:
    """The news of one chunk.

    reason: why the answer ends, where the chunk says so. is_whole: `text` is all so far, and not what is new.
    tokens, prompt_tokens, cached_tokens: as the server counts them so far.
    """

    text: str = ""
    thoughts: str = ""
    reason: Reason | None = None
    is_whole: bool = False
    tokens: int | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


async def capped(parts: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    """Yield the same parts. Raises GenerationFailed after this many bytes."""
    read = 0
    async for part in parts:
        read += len(part)
        if read > most:
            raise GenerationFailed(f"the reply is longer than {most} bytes")
        yield part


async def deltas(
    parts: AsyncIterable[bytes], hide_key: Callable[[str], str], *, most_tokens: int = 0
) -> AsyncIterator[Delta]:
    """Yield what a reply says: server-sent events up to their end mark, one object, or one object a line.

    What it is, its bytes say: servers send each under any content type.
    hide_key: replaces the key in what the server says, which may repeat it.
    Raises BackendError; Transient where events just end, without a reason or an end mark.
    """
    lines = lines_of(parts)
    first = [line async for line in _up_to_the_first_with_text(lines, hide_key)]
    is_object = first[-1:] and first[-1].lstrip().startswith("{")
    all_lines, has_ended = _chained(first, lines), False
    async for data in _objects(all_lines) if is_object else events(all_lines):
        if data.strip() == _DONE:
            if not has_ended:
                yield Delta(reason="stop")
            return
        delta = read_chunk(hide_key(data), most_tokens=most_tokens)
        has_ended = has_ended or delta.reason is not None
        yield delta
    if not has_ended:
        raise _cut_short(is_object)


def _cut_short(is_object: Any) -> Unavailable:
    if is_object:
        return Unavailable("the reply holds no finished answer")
    return Transient("the stream ended without a finish_reason or [DONE]")


async def _up_to_the_first_with_text(lines: AsyncIterator[str], hide_key: Callable[[str], str]) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.strip():
            if ":" not in line and not line.lstrip().startswith("{"):
                said = excerpt(hide_key(line))
                raise Unavailable(f"the server sent no chat completion: is base_url right? {said}")
            return


async def _chained(read: list[str], lines: AsyncIterable[str]) -> AsyncIterator[str]:
    for line in read:
        yield line
    async for line in lines:
        yield line


async def _objects(lines: AsyncIterable[str]) -> AsyncIterator[str]:
    """Yield each object that stands on a line of its own, as it comes, or the one that takes several lines."""
    unfinished: list[str] = []
    async for line in lines:
        if not unfinished and line.startswith("{") and line.rstrip().endswith("}"):
            yield line
        elif unfinished or line.strip():
            unfinished.append(line)
    if unfinished:
        yield "\n".join(unfinished)


async def events(lines: AsyncIterable[str]) -> AsyncIterator[str]:
    """Yield the data of each event. A last event without its empty line counts too: some servers forget it.

    The format is WHATWG HTML, 9.2.6; llama.cpp's field "error" counts as data.
    """
    data: list[str] = []
    async for line in lines:
        if line == "":
            if data:
                yield "\n".join(data)
            data = []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "error":
            yield json.dumps({"error": value})
    if data:
        yield "\n".join(data)


async def lines_of(parts: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """Yield the lines, which may end in LF, CR LF or CR."""
    # Cut before decoding: a part may end within a character, but a line cannot.
    rest, ended_in_cr = b"", False
    async for part in parts:
        if ended_in_cr and part.startswith(b"\n"):
            part = part[1:]
        if not part:
            continue
        ended_in_cr = part.endswith(b"\r")
        *lines, rest = (rest + part).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            yield _decoded(line)
    if rest:
        yield _decoded(rest)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Unavailable("the reply is not UTF-8") from error


def read_chunk(data: str, *, most_tokens: int = 0) -> Delta:
    """Return what one chunk, or a whole reply that is not streamed, adds. Raises BackendError."""
    chunk = _json_object(data)
    if chunk.get("error"):
        raise reported(chunk["error"], most_tokens=most_tokens)
    counts = _counts(chunk.get("usage")) | {"facts": _facts(chunk)}
    choices = chunk.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict) or choice.get("index") not in (0, None):
        return Delta(**counts)
    # An empty delta is one: a "message" beside it holds the whole text so far.
    is_whole = "delta" not in choice
    message = choice.get("message" if is_whole else "delta")
    message = message if isinstance(message, dict) else {}
    text, thoughts = _said(message)
    reason = _reason(choice.get("finish_reason") or choice.get("finishReason"))
    return Delta(text, thoughts, reason, is_whole=is_whole, **counts)


def _json_object(data: str) -> dict[str, Any]:
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unavailable(f"the reply is not JSON: {excerpt(data)}") from error
    if not isinstance(chunk, dict):
        raise Unavailable(f"the reply is no JSON object: {excerpt(data)}")
    return chunk


def _said(message: Mapping[str, Any]) -> tuple[str, str]:
    """Return the text and the thoughts of a message. A refusal is what the model says."""
    content, refusal = message.get("content"), message.get("refusal")
    text = _text(content, _SPOKEN) or _text(refusal, _SPOKEN)
    named = (_text(message.get(name), _SPOKEN | _THOUGHT) for name in _THOUGHTS)
    in_content = _text(content, _THOUGHT) if isinstance(content, list) else ""
    return text, next((thoughts for thoughts in named if thoughts), in_content)


def _text(content: Any, kinds: set[str]) -> str:
    """Return the text of a content: a string, nothing, or a list of parts, of which those of these kinds count."""
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") in kinds]
        return "".join(_text(_inner(part), _SPOKEN | _THOUGHT) for part in parts)
    # PostgreSQL stores no NUL.
    return content.replace("\0", "") if isinstance(content, str) else ""


def _inner(part: Mapping[str, Any]) -> Any:
    return next((part[name] for name in ("text", "thinking", "summary", "reasoning") if part.get(name)), None)


def _reason(reason: Any) -> Reason | None:
    word = reason.strip().lower() if isinstance(reason, str) else ""
    if word in _NO_REASON:
        return None
    if word in _FAILURES.split():
        raise GenerationFailed(f"the server ended the answer for the reason {excerpt(word)!r}")
    if word not in _REASONS:
        logger.warning("the server ended an answer for the reason %r, which counts as a stop", excerpt(word))
    return _REASONS.get(word, "stop")


def _counts(usage: Any) -> dict[str, Any]:
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("prompt_tokens_details")
    return {
        "tokens": _count(usage.get("completion_tokens")),
        "prompt_tokens": _count(usage.get("prompt_tokens")),
        "cached_tokens": _count(details.get("cached_tokens") if isinstance(details, dict) else None),
    }


def _count(tokens: Any) -> int | None:
    return tokens if type(tokens) is int and 0 <= tokens < 2**31 else None


def _facts(chunk: Mapping[str, Any]) -> dict[str, str]:
    """Return what the server says of what writes: the model's full name, and the fingerprint of how it is served."""
    named = {"model": chunk.get("model"), "fingerprint": chunk.get("system_fingerprint")}
    return {name: excerpt(value)[:100] for name, value in named.items() if isinstance(value, str) and value}
