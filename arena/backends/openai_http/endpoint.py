"""The address of a remote entry's model and its limits: from the entry's options, the environment and settings."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from django.conf import settings

from arena.backends.base import Unavailable
from arena.backends.openai_http.addresses import RemoteHosts

#: "weights" comes with every request and is empty here.
_OPTIONS = {"base_url", "model", "api_key_env", "limit_name", "leave_out", "weights"}
#: Some servers know only the newer name, and some refuse what they do not know.
_LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
_MAY_LEAVE_OUT = ("temperature", "top_p", "seed", "stream_options")
#: Only these names are allowed: an entry must not send other secrets of the environment to a server of its choice.
_KEY_NAME = re.compile(r"[A-Z][A-Z0-9_]*_API_KEY")
_KEY = re.compile(r"[!-~]+")


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
    """One model at one server. The key is shown nowhere."""

    base_url: httpx.URL
    model: str
    hosts: RemoteHosts
    key: str = field(default="", repr=False)
    limit_name: str = "max_tokens"
    leave_out: tuple[str, ...] = ()

    @classmethod
    def read(cls, options: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> "Endpoint":
        """Return the endpoint that an entry's options name.

        Raises Unavailable, whose text never repeats a value that may be a key.
        """
        if unknown := set(options) - _OPTIONS:
            known = ", ".join(sorted(_OPTIONS - {"weights"}))
            raise Unavailable(f"unknown options {sorted(unknown)}; known: {known}. A key is given by name only")
        model = options.get("model")
        if not isinstance(model, str) or not model:
            raise Unavailable("the option 'model' must say which of the server's models answers")
        key = _key(options.get("api_key_env", ""), environ)
        hosts = RemoteHosts.read(settings.REMOTE_HOSTS)
        return cls(_base_url(options.get("base_url")), model, hosts, key, _limit_name(options), _leave_out(options))

    def url(self, path: str) -> httpx.URL:
        return self.base_url.copy_with(path=f"{self.base_url.path.rstrip('/')}/{path}")

    def hide_key(self, text: str) -> str:
        return text.replace(self.key, "[key]") if self.key else text


def _base_url(value: Any) -> httpx.URL:
    must = "the option 'base_url' must be an http(s) address such as http://127.0.0.1:8080/v1"
    try:
        url = httpx.URL(value if isinstance(value, str) else "")
        host = url.host
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Unavailable(must) from error
    if url.scheme not in ("http", "https") or not host or url.port not in (None, *range(1, 65536)):
        raise Unavailable(must)
    if url.userinfo or url.query or url.fragment:
        raise Unavailable(f"{must}, without user, query or fragment")
    return url


def _limit_name(options: Mapping[str, Any]) -> str:
    name = options.get("limit_name", _LIMIT_NAMES[0])
    if name not in _LIMIT_NAMES:
        raise Unavailable(f"the option 'limit_name' must be one of {', '.join(_LIMIT_NAMES)}")
    return str(name)


def _leave_out(options: Mapping[str, Any]) -> tuple[str, ...]:
    names = options.get("leave_out", [])
    if not isinstance(names, list) or not all(name in _MAY_LEAVE_OUT for name in names):
        raise Unavailable(f"the option 'leave_out' must be a list of some of {', '.join(_MAY_LEAVE_OUT)}")
    return tuple(names)


def _key(name: Any, environ: Mapping[str, str]) -> str:
    if name == "":
        return ""
    if not isinstance(name, str) or not _KEY_NAME.fullmatch(name):
        raise Unavailable(
            "the option 'api_key_env' must be the name of an environment variable that ends in _API_KEY, not a key"
        )
    key = environ.get(name, "").strip()
    # An HTTP library that refuses such a header repeats it in its error, and so in the log.
    if not _KEY.fullmatch(key):
        raise Unavailable(f"the environment variable {name} is not set for this worker, or holds no key")
    return key
