"""The meaning of an unwelcome reply, in words for the log."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from arena.backends.base import BackendError, PromptTooLong, Rejected, Unavailable

EXCERPT_CHARACTERS = 300

#: The wording of vLLM, SGLang, TGI, Ollama, llama.cpp, LM Studio and the hosted servers.
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|available context|too many (input |prompt )?tokens"
    r"|(prompt|input|inputs?) (is |are )?too long|max_new_tokens. must be|exceeds? the (model's )?(max|context)",
    re.IGNORECASE,
)
#: Where the answer as a whole takes more than the window, the words tell how large that is.
_WINDOW = re.compile(r"(?:maximum|max)[ _](?:context|model)[ _](?:length|len)\D{0,20}?(\d{2,9})", re.IGNORECASE)
#: The codes with which hosts say that a filter, and not the model, refuses.
_FILTERED = re.compile(
    r"content[ _-]?filter|content management policy|responsible ?ai ?policy|content[ _-]?policy[ _-]?violation"
    r"|guardrail_intervened|data_inspection_failed|prohibited[ _]content|flagged for|moderation_blocked",
    re.IGNORECASE,
)
#: They may be over in a moment. 529: overloaded, at Anthropic.
_BUSY = {429, 502, 503, 504, 529}
_OF_THE_REQUEST = {400, 401, 403, 404, 405, 413, 415, 422}
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


class Declined(BackendError):
    """The end of an answer that a filter of the server did not let through. It is an answer, and no failure."""


def refusal(
    status: int, headers: Mapping[str, str], body: str, *, most_tokens: int = 0, now: datetime | None = None
) -> BackendError:
    """Return the error that a reply other than 200 stands for.

    body: its beginning, without the key. most_tokens: how many tokens the answer was given.
    """
    sentence = f"the server answered {status}: {excerpt(body)}"
    if status in _BUSY:
        return Transient(sentence, retry_after(headers.get("retry-after", ""), now or datetime.now(UTC)))
    if 300 <= status < 400:
        return Unavailable(f"the server answered {status}: redirects are refused, base_url must be the final address")
    if status in _OF_THE_REQUEST:
        hint = f" ({_HINTS[status]})" if status in _HINTS else ""
        return _of_the_request(body, most_tokens)(sentence + hint)
    return Unavailable(sentence)


def reported(error: Any, *, most_tokens: int = 0) -> BackendError:
    """Return what an error that stands in a reply of status 200 means, by its code and its words."""
    text = error if isinstance(error, str) else json.dumps(error, ensure_ascii=False)
    sentence = f"the server reports an error in its stream: {excerpt(text)}"
    code = _code(error)
    if code in _BUSY:
        return Transient(sentence)
    kind = _of_the_request(text, most_tokens)
    return Unavailable(sentence) if kind is Rejected and code not in _OF_THE_REQUEST else kind(sentence)


def _code(error: Any) -> int:
    values = [error.get(name) for name in ("code", "status", "status_code")] if isinstance(error, dict) else []
    return next((int(code) for code in map(str, values) if re.fullmatch(r"\d{3}", code)), 0)


def _of_the_request(text: str, most_tokens: int) -> type[BackendError]:
    if _FILTERED.search(text):
        return Declined
    if not _TOO_LONG.search(text):
        return Rejected
    window = _WINDOW.search(text)
    # Where the answer alone would take all of it, no prompt is short enough.
    return Rejected if window and most_tokens >= int(window[1]) else PromptTooLong


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
