"""What a remote entry's options say: where its model is, what the server wants, and how long it may take."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from django.conf import settings

from arena.backends.base import Unavailable
from arena.backends.openai_http.addresses import RemoteHosts
from arena.backends.openai_http.body import BodyOptions

#: "weights" comes with every request and is empty here.
_OPTIONS = {
    *("base_url", "model", "api_key_env", "headers_env", "read_seconds", "answer_seconds", "weights"),
    *("limit_name", "leave_out", "stops", "thinking", "thinking_as", "max_thinking_tokens", "system", "body"),
    "moderation",
}
#: Only these names are allowed: an entry must not send other secrets of the environment to a server of its choice.
_KEY_NAME = re.compile(r"[A-Z][A-Z0-9_]*_API_KEY")
_HEADER_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*_(API_KEY|HEADER)")
_KEY = re.compile(r"[!-~]+")
_HEADER_VALUE = re.compile(r"[!-~]([ -~]*[!-~])?")
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
#: What HTTP and we ourselves say in them would be said twice, or untrue.
_OUR_HEADERS = {
    *("host", "content-type", "content-length", "content-encoding", "accept-encoding", "transfer-encoding"),
    *("connection", "keep-alive", "te", "trailer", "upgrade", "expect", "proxy-authorization", "cookie"),
}
#: What is shorter may stand in any text.
_SECRET_CHARACTERS = 8
#: Azure's classic addresses name the version of their API; nothing else in a query is the same for each request.
_QUERY = re.compile(rb"api-version=[0-9A-Za-z.-]{1,40}")
#: Shorter than the broker waits before it gives an answer to another worker (visibility_timeout).
_MOST_SECONDS = 800
#: How long a server may be silent that thinks before it writes, where the entry does not say.
THINKING_READ_SECONDS = 120.0


@dataclass(frozen=True)
class Limits:
    """The limits of an exchange in seconds and tries.

    read_seconds: between two chunks. longest_wait: of all that Retry-After may ask.
    """

    connect_seconds: float = 3.0
    read_seconds: float = 30.0
    answer_seconds: float = 180.0
    tries: int = 3
    back_off_seconds: float = 0.5
    longest_wait: float = 10.0

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(read_seconds=settings.REMOTE_READ_SECONDS, answer_seconds=settings.REMOTE_ANSWER_SECONDS)


@dataclass(frozen=True)
class Endpoint:
    """One model at one server. The key and the headers' values are shown nowhere.

    headers: what the server wants with each request besides the key.
    """

    base_url: httpx.URL
    model: str
    hosts: RemoteHosts
    key: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    asked: BodyOptions = field(default_factory=BodyOptions)
    read_seconds: float | None = None
    answer_seconds: float | None = None

    @classmethod
    def read(cls, options: Mapping[str, Any], environ: Mapping[str, str] | None = os.environ) -> "Endpoint":
        """Return the endpoint that an entry's options name. environ: None where keys are not needed, nor looked for.

        Raises Unavailable, whose text never repeats a value that may be a key.
        """
        if unknown := set(options) - _OPTIONS:
            known = ", ".join(sorted(_OPTIONS - {"weights"}))
            raise Unavailable(f"unknown options {sorted(unknown)}; known: {known}. A key is given by name only")
        model = options.get("model")
        if not isinstance(model, str) or not model:
            raise Unavailable("the option 'model' must say which of the server's models answers")
        are_sent = {"authorization"} if options.get("api_key_env") else set()
        return cls(
            base_url=_base_url(options.get("base_url")),
            model=model,
            hosts=RemoteHosts.read(settings.REMOTE_HOSTS),
            key=_key(options.get("api_key_env", ""), environ),
            headers=_headers(options.get("headers_env", {}), environ, are_sent=are_sent),
            asked=BodyOptions.read(options),
            read_seconds=_seconds(options, "read_seconds"),
            answer_seconds=_seconds(options, "answer_seconds"),
        )

    def url(self, path: str) -> httpx.URL:
        return self.base_url.copy_with(path=f"{self.base_url.path.rstrip('/')}/{path}")

    def limits(self, usual: Limits) -> Limits:
        """Return the limits of an exchange with this server: the usual ones, but for what the entry says itself."""
        silent = max(usual.read_seconds, THINKING_READ_SECONDS) if self.asked.thinks else usual.read_seconds
        whole = self.answer_seconds or usual.answer_seconds
        return replace(usual, read_seconds=min(self.read_seconds or silent, whole), answer_seconds=whole)

    def credentials(self) -> dict[str, str]:
        """Return the headers by which the server knows the operator: empty for a server that asks for none."""
        return {**({"Authorization": f"Bearer {self.key}"} if self.key else {}), **self.headers}

    def hide_key(self, text: str) -> str:
        """Return the text without the key, and without words of headers that may be secrets; a server may say them."""
        words = [word for value in self.headers.values() for word in value.split() if len(word) >= _SECRET_CHARACTERS]
        for secret in filter(None, (self.key, *words)):
            text = text.replace(secret, "[key]")
        return text


def _base_url(value: Any) -> httpx.URL:
    must = "the option 'base_url' must be an http(s) address such as http://127.0.0.1:8080/v1"
    try:
        url = httpx.URL(value if isinstance(value, str) else "")
        host = url.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Unavailable(must) from error
    if (
        url.scheme not in ("http", "https")
        or not host
        or url.port not in (None, *range(1, 65536))
        or not url.path.isprintable()
    ):
        raise Unavailable(must)
    if url.userinfo or url.fragment or (url.query and not _QUERY.fullmatch(url.query)):
        raise Unavailable(f"{must}, without user or fragment, and of a query only '?api-version=...'")
    if url.path.rstrip("/").endswith("chat/completions"):
        raise Unavailable(f"{must}: it ends before chat/completions")
    return url


def _seconds(options: Mapping[str, Any], name: str) -> float | None:
    value = options.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not 1 <= value <= _MOST_SECONDS:
        raise Unavailable(f"the option {name!r} must be a number of seconds from 1 to {_MOST_SECONDS}")
    return float(value)


def _headers(named: Any, environ: Mapping[str, str] | None, *, are_sent: set[str]) -> dict[str, str]:
    if not isinstance(named, dict) or not all(map(_may_be_sent, named)):
        raise Unavailable(
            "the option 'headers_env' must be a table of headers and the environment variables that hold them, such as "
            '{"api-key" = "AZURE_API_KEY"}; what HTTP and the arena itself say cannot be among them'
        )
    if len(are_sent | set(map(str.lower, named))) < len(are_sent) + len(named):
        raise Unavailable("the option 'headers_env' names a header twice, or that of the option 'api_key_env'")
    return {name: _header(variable, environ) for name, variable in named.items()}


def _may_be_sent(header: str) -> bool:
    return bool(_HEADER_NAME.fullmatch(header)) and header.lower() not in _OUR_HEADERS


def _header(name: Any, environ: Mapping[str, str] | None) -> str:
    must = "the option 'headers_env' must name environment variables that end in _API_KEY or _HEADER, not values"
    return _secret(name, environ, names=_HEADER_VARIABLE, values=_HEADER_VALUE, must=must, kind="header")


def _key(name: Any, environ: Mapping[str, str] | None) -> str:
    must = "the option 'api_key_env' must be the name of an environment variable that ends in _API_KEY, not a key"
    return _secret(name, environ, names=_KEY_NAME, values=_KEY, must=must, kind="key") if name != "" else ""


def _secret(
    name: Any,
    environ: Mapping[str, str] | None,
    *,
    names: re.Pattern[str],
    values: re.Pattern[str],
    must: str,
    kind: str,
) -> str:
    """Return what the variable of this name holds; "" where there is no environment to look into."""
    if not isinstance(name, str) or not names.fullmatch(name):
        raise Unavailable(must)
    if environ is None:
        return ""
    value = environ.get(name, "").strip()
    # An HTTP library that refuses such a header repeats it in its error, and so in the log.
    if not values.fullmatch(value):
        raise Unavailable(f"the environment variable {name} is not set for this worker, or holds no {kind}")
    return value
