"""The meaning of an unwelcome reply, in words for the log."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from arena.backends.base import BackendError, PromptTooLong, Unavailable

EXCERPT_CHARACTERS = 300

#: The wording of vLLM, SGLang, TGI, Ollama, llama.cpp, LM Studio and the hosted servers.
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|available context|too many (input |prompt )?tokens"
    r"|(prompt|input|inputs?) (is |are )?too long|max_new_tokens. must be|exceeds? the (model's )?(max|context)",
    re.IGNORECASE,
)
_BUSY = {429, 503}
_HINTS = {
    401: "it wants another key: see the entry's api_key_env",
    403: "it wants another key: see the entry's api_key_env",
    404: "no such path or model: base_url ends in /v1 at most servers",
}


class Transient(Unavailable):
    """A failure that may be over in a moment. retry_after: seconds that the server asks to wait, if it says."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def refusal(status: int, headers: httpx.Headers, body: str, *, now: datetime | None = None) -> BackendError:
    """Return the error that a reply other than 200 stands for. body: its beginning, without the key."""
    sentence = f"the server answered {status}: {excerpt(body)}"
    if status in _BUSY:
        return Transient(sentence, retry_after(headers.get("retry-after", ""), now or datetime.now(UTC)))
    if status in (400, 413, 422) and is_too_long(body):
        return PromptTooLong(sentence)
    if 300 <= status < 400:
        return Unavailable(f"the server answered {status}: redirects are refused, base_url must be the final address")
    return Unavailable(f"{sentence} ({_HINTS[status]})" if status in _HINTS else sentence)


def is_too_long(body: str) -> bool:
    return bool(_TOO_LONG.search(body))


def retry_after(value: str, now: datetime) -> float | None:
    """Return the seconds to wait by a Retry-After header, or None if it says nothing.

    The header holds a number or a date (RFC 9110, 10.2.3).
    """
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value.strip()):
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())


def excerpt(text: str) -> str:
    """Return the beginning on one line: what a server says must not forge lines of the log."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * EXCERPT_CHARACTERS]).split())
    return words if len(words) <= EXCERPT_CHARACTERS else words[:EXCERPT_CHARACTERS] + "…"
