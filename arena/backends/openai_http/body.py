"""What a server is asked with: the request in its JSON, shaped by the entry's options.

Servers differ in how thinking is turned down, so an entry says how much (`thinking`) and by which key (`thinking_as`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arena.backends.base import Message, Request, Unavailable

#: Some servers know only the newer name, and some refuse what they do not know.
LIMIT_NAMES = ("max_tokens", "max_completion_tokens")
MAY_LEAVE_OUT = ("temperature", "top_p", "seed", "stream_options")
#: What makes a request ours. A `body` with another limit would make the entry's max_new_tokens untrue.
_OURS = ("model", "messages", "stream", "stream_options", *LIMIT_NAMES)
_MOST_BODY_CHARACTERS, _MOST_STOPS, _MOST_STOP_CHARACTERS = 20_000, 16, 100
_MOST_TOKENS = 100_000
#: Each level in tokens, for servers that are told a number.
_LEVELS = {"low": 1024, "medium": 8192, "high": 24576}
_THINKING_AS = ("reasoning_effort", "chat_template_kwargs", "reasoning", "thinking", "enable_thinking")


@dataclass(frozen=True)
class BodyOptions:
    """How an entry wants its server to be asked.

    thinking: "off", a level, a number of tokens, or "" for the server's own way. thinking_tokens: what the server may
    write before the answer, besides the entry's max_new_tokens. body: is merged into the request.
    """

    limit_name: str = LIMIT_NAMES[0]
    leave_out: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    thinking: str | int = ""
    thinking_as: str = ""
    thinking_tokens: int = 0
    folds_system: bool = False
    body: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, options: Mapping[str, Any]) -> "BodyOptions":
        """Return what the options say of the request. Raises Unavailable, with a sentence for the operator."""
        thinking = _thinking(options)
        return cls(
            limit_name=_one_of(options, "limit_name", LIMIT_NAMES),
            leave_out=_leave_out(options),
            stops=_stops(options),
            thinking=thinking,
            thinking_as=_thinking_as(options, thinking),
            thinking_tokens=_thinking_tokens(options, thinking),
            folds_system=_one_of(options, "system", ("role", "fold")) == "fold",
            body=_body(options),
        )

    @property
    def thinks(self) -> bool:
        """Tell whether the entry asks for thoughts, before which a server may be silent for long."""
        return self.thinking not in ("", "off")


def request_body(request: Request, model: str, options: BodyOptions) -> dict[str, Any]:
    """Return the JSON of a request to a model of this name."""
    decoding = request.decoding
    messages = _folded(request.messages) if options.folds_system else request.messages
    ours = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        options.limit_name: decoding.max_new_tokens + options.thinking_tokens,
        # llama.cpp keeps 32 bits, and its own choice for all of them set.
        "seed": request.seed % 2**31,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    sent = {name: value for name, value in ours.items() if name not in options.leave_out}
    stops = {"stop": list(options.stops)} if options.stops else {}
    return _merged({**sent, **stops, **_how_to_think(options.thinking, options.thinking_as)}, options.body)


def _folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the messages with the system's at the head of the first of the user, for servers that know no system."""
    if len(messages) < 2 or messages[0].role != "system":
        return messages
    system, first, *others = messages
    return (Message(first.role, f"{system.content}\n\n{first.content}"), *others)


def _how_to_think(thinking: str | int, key: str) -> dict[str, Any]:
    if thinking == "":
        return {}
    is_on, level = thinking != "off", isinstance(thinking, str)
    tokens = _LEVELS.get(thinking, 0) if isinstance(thinking, str) else thinking
    if key == "reasoning_effort":
        return {key: thinking if is_on else "none"}
    if key == "chat_template_kwargs":
        how_much = {"reasoning_effort": thinking} if level else {"thinking_budget": tokens}
        return {key: {"enable_thinking": is_on, **(how_much if is_on else {})}}
    if key == "enable_thinking":
        return {key: is_on, **({"thinking_budget": tokens} if is_on else {})}
    if key == "reasoning":
        return {key: ({"effort": thinking} if level else {"max_tokens": tokens}) if is_on else {"enabled": False}}
    return {key: {"type": "enabled", "budget_tokens": tokens} if is_on else {"type": "disabled"}}


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return both; where both have a table their keys are joined, and otherwise the other's value holds."""
    joined = dict(one)
    for key, value in other.items():
        both = isinstance(joined.get(key), dict) and isinstance(value, dict)
        joined[key] = _merged(joined[key], value) if both else value
    return joined


def _one_of(options: Mapping[str, Any], name: str, values: tuple[str, ...]) -> str:
    value = options.get(name, values[0])
    if not isinstance(value, str) or value not in values:
        raise Unavailable(f"the option {name!r} must be one of {', '.join(values)}")
    return value


def _leave_out(options: Mapping[str, Any]) -> tuple[str, ...]:
    names = options.get("leave_out", [])
    if not isinstance(names, list) or not all(name in MAY_LEAVE_OUT for name in names):
        raise Unavailable(f"the option 'leave_out' must be a list of some of {', '.join(MAY_LEAVE_OUT)}")
    return tuple(names)


def _stops(options: Mapping[str, Any]) -> tuple[str, ...]:
    stops = options.get("stops", [])
    are_texts = isinstance(stops, list) and all(isinstance(stop, str) for stop in stops)
    if not are_texts or len(stops) > _MOST_STOPS or not all(0 < len(s) <= _MOST_STOP_CHARACTERS for s in stops):
        raise Unavailable(
            f"the option 'stops' must be a list of at most {_MOST_STOPS} texts, each of 1 to {_MOST_STOP_CHARACTERS} "
            "characters"
        )
    return tuple(stops)


def _thinking(options: Mapping[str, Any]) -> str | int:
    value = options.get("thinking", "")
    if type(value) is int and 0 < value <= _MOST_TOKENS:
        return value
    if isinstance(value, str) and value in ("", "off", *_LEVELS):
        return value
    raise Unavailable(
        f"the option 'thinking' must be off, {', '.join(_LEVELS)} or a number of tokens up to {_MOST_TOKENS}"
    )


def _thinking_as(options: Mapping[str, Any], thinking: str | int) -> str:
    """Return the key by which the server is told. Unless said, it is what most servers know for such a value."""
    usual = "chat_template_kwargs" if thinking == "off" else "reasoning_effort"
    usual = usual if isinstance(thinking, str) else "thinking"
    key = options.get("thinking_as", usual)
    if not isinstance(key, str) or key not in _THINKING_AS:
        raise Unavailable(f"the option 'thinking_as' must be one of {', '.join(_THINKING_AS)}")
    if thinking == "" and "thinking_as" in options:
        raise Unavailable("the option 'thinking_as' says nothing without 'thinking'")
    if key == "reasoning_effort" and not isinstance(thinking, str):
        raise Unavailable("the option 'thinking' must be a word where 'thinking_as' is reasoning_effort, not a number")
    return key


def _thinking_tokens(options: Mapping[str, Any], thinking: str | int) -> int:
    value = options.get("max_thinking_tokens", thinking if isinstance(thinking, int) else 0)
    if type(value) is not int or not 0 <= value <= _MOST_TOKENS:
        raise Unavailable(
            f"the option 'max_thinking_tokens' must be a whole number from 0 to {_MOST_TOKENS}: the tokens that "
            "the model may think with, besides max_new_tokens for its answer"
        )
    return value


def _body(options: Mapping[str, Any]) -> Mapping[str, Any]:
    body = options.get("body", {})
    if not isinstance(body, dict):
        raise Unavailable("the option 'body' must be a table, such as {top_k = 20}")
    if ours := sorted(set(body) & set(_OURS)):
        raise Unavailable(
            f"the option 'body' must not hold {', '.join(ours)}: the arena says it, and the entry's own keys say how"
        )
    try:
        text = json.dumps(body, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise Unavailable("the option 'body' holds a date or a number that JSON does not have") from error
    if len(text) > _MOST_BODY_CHARACTERS:
        raise Unavailable(f"the option 'body' has more than {_MOST_BODY_CHARACTERS} characters")
    return body
