"""The shapes in which the field writes prompts down, each known by its documented keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from arena.formats.refusals import Unusable

Reader = Callable[[Any], str]
#: What files call the subject of a prompt.
_TOPICS = ("topic", "category")
_MAX_TOPIC = 60


@dataclass(frozen=True)
class PromptShape:
    """One shape of a row. needs: its keys, any of which is a tuple of names for one; read: the prompt; see `topic`."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    read: Reader

    def fits(self, keys: frozenset[str]) -> bool:
        """Tell whether a row with these keys is of this shape."""
        return all(not keys.isdisjoint(names) for names in self.needs)


def topic(row: Any) -> str:
    """Return the row's own word for its subject, or nothing."""
    words = (row.get(key) for key in _TOPICS) if isinstance(row, dict) else ()
    return next((word[:_MAX_TOPIC] for word in words if isinstance(word, str)), "")


def mapped(columns: Mapping[str, str]) -> PromptShape:
    """Return the shape of rows whose prompt, and input if there is one, are in these columns."""

    def read(row: Any) -> str:
        return _with_input(row[columns["prompt"]], row.get(columns.get("input", "")))

    return PromptShape("mapped", tuple((column,) for column in columns.values()), read)


def _turns(row: Any) -> str:
    # The first version of Arena-Hard has objects in place of texts.
    first = row["turns"][0]
    return str(first["content"]) if isinstance(first, dict) else _text(first)


def _self_instruct(row: Any) -> str:
    return _with_input(row["instruction"], row["instances"][0]["input"])


def _alpaca(row: Any) -> str:
    return _with_input(row["instruction"], row.get("input"))


def _sharegpt(row: Any) -> str:
    return _first_of_user((turn.get("from"), turn.get("value")) for turn in row["conversations"])


def _messages(key: str) -> Reader:
    return lambda row: _first_of_user((turn.get("role"), turn.get("content")) for turn in row[key])


def _prompt(row: Any) -> str:
    value = next(row[key] for key in ("prompt", "question") if row.get(key) is not None)
    return _messages("prompt")({"prompt": value}) if isinstance(value, list) else _text(value)


def _plain(row: Any) -> str:
    return _text(row)


def _first_of_user(messages: Any) -> str:
    first = next((content for speaker, content in messages if speaker in ("human", "user")), None)
    if first is None:
        raise Unusable("nobody asks anything in it")
    if isinstance(first, list):
        first = "\n\n".join(part["text"] for part in first if isinstance(part, dict) and part.get("text"))
    return _text(first)


def _with_input(instruction: Any, also: Any) -> str:
    return f"{_text(instruction)}\n\n{_text(also)}" if also else _text(instruction)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Unusable("its prompt is empty" if value is None else "its prompt is not text")
    return value


_BENCH = (("turns",), ("category",))
_EVAL = (("instruction",), ("dataset", "generator"))
#: The first that fits is taken: self-instruct's rows have an instruction too, and Alpaca's an input.
SHAPES = (
    PromptShape("mt-bench", _BENCH, _turns),
    PromptShape("vicuna-bench", _BENCH, _turns),
    PromptShape("self-instruct", (("instances",), ("instruction",)), _self_instruct),
    PromptShape("alpaca", (("instruction",), ("input",)), _alpaca),
    PromptShape("alpaca-eval", _EVAL, _alpaca),
    PromptShape("alpaca", (("instruction",),), _alpaca),
    PromptShape("sharegpt", (("conversations",),), _sharegpt),
    PromptShape("wildchat", (("conversation",),), _messages("conversation")),
    PromptShape("messages", (("messages",),), _messages("messages")),
    PromptShape("prompt", (("prompt", "question"),), _prompt),
)
PLAIN = PromptShape("plain", (), _plain)
NAMES = tuple(dict.fromkeys(shape.name for shape in (*SHAPES, PLAIN)))
