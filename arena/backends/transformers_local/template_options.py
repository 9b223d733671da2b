"""What an entry tells the chat template of its weights: how much to think, and whatever else that template knows."""

from collections.abc import Mapping
from typing import Any

from arena.backends.base import Unavailable
from arena.backends.prompt_templates import TOKENIZER, named
from arena.backends.prompt_templates.rendering import TAKEN

LEVELS = ("low", "medium", "high")


def template_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the entry's options tell the template of this name, such as {"enable_thinking": False}.

    Raises Unavailable.
    """
    told = _thinking(options.get("thinking", "")) | _given(options.get("chat_template_kwargs", {}))
    if told and named(name) is not TOKENIZER:
        raise Unavailable(f"'thinking' and 'chat_template_kwargs' are for the weights' own template, not for {name!r}")
    return told


def _thinking(value: Any) -> dict[str, Any]:
    """Return how much to think, by all names that templates have for it. Raises Unavailable."""
    if value == "":
        return {}
    if value == "off":
        # Where thoughts cannot be turned off, as in gpt-oss, few are the nearest to none.
        return {"enable_thinking": False, "thinking": False, "reasoning_effort": LEVELS[0]}
    on = {"enable_thinking": True, "thinking": True}
    if value in LEVELS:
        return {**on, "reasoning_effort": value}
    if type(value) is int and value > 0:
        return {**on, "thinking_budget": value}
    raise Unavailable(f"the option 'thinking' must be 'off', {', '.join(map(repr, LEVELS))} or a number of tokens")


def _given(table: Any) -> dict[str, Any]:
    if not isinstance(table, Mapping) or not _is_json(table):
        raise Unavailable("the option 'chat_template_kwargs' must be a table of texts, numbers, true and false")
    if taken := TAKEN & set(table):
        raise Unavailable(f"'chat_template_kwargs' may not set {', '.join(sorted(taken))}")
    return dict(table)


def _is_json(value: object) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_json(each) for key, each in value.items())
    if isinstance(value, list):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float)
