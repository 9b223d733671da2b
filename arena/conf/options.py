"""The readers of what an operator sets in the environment; OPTIONS lists each for the docs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import environ
from django.core.exceptions import ImproperlyConfigured


class Option(NamedTuple):
    name: str
    default: str
    help: str


OPTIONS: list[Option] = []
#: Names that options had in earlier releases. An option that nobody reads would change the arena without a word.
_RENAMED = {"ARENA_REVEAL": "ARENA_PACING"}
env = environ.Env()
_YES, _NO = {"1", "true", "yes", "y", "on"}, {"0", "false", "no", "n", "off", ""}


def option(name: str, read: Callable[..., Any], *, default: Any, help: str) -> Any:
    """Return the value of an environment variable, by a reader of django-environ, and list it in OPTIONS for the docs.

    Raises ImproperlyConfigured where it cannot be read.
    """
    OPTIONS.append(Option(name, str(default), help))
    try:
        return read(name, default=default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}. {help}; its default is {default}.") from None


def refuse_old_names() -> None:
    """Raise ImproperlyConfigured where the environment still sets an option by a name that it no longer has."""
    for old, new in _RENAMED.items():
        if old in env.ENVIRON:
            raise ImproperlyConfigured(f"{old} is called {new} now: set {new} to the same value, and unset {old}.")


def yes_or_no(name: str, *, default: bool) -> bool:
    """Return what the word in this environment variable means; a reader for `option`. Raises ValueError."""
    word = str(env.str(name, default=str(default))).strip().lower()
    # A word that is neither is an error, because "no" may be the less safe of the two.
    if word not in _YES | _NO:
        raise ValueError(f"{word!r} is neither yes nor no")
    return word in _YES


def address(name: str, *, schemes: tuple[str, ...], help: str) -> str:
    """Return the URL that an environment variable holds, or "".

    Raises ImproperlyConfigured, without showing a password, where it begins with none of the schemes.
    """
    url = str(option(name, env.str, default="", help=help))
    if url and not url.startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ImproperlyConfigured(f'{name} begins with none of {", ".join(schemes)}, then "://". Set it to {help}.')
    return url
