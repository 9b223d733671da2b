"""Two conversations with the same user messages, as turns."""

from collections.abc import Iterator
from typing import Any

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row, TurnTexts
from arena.formats.votes.fields import nested, text


def conversations(row: Row) -> tuple[TurnTexts, ...]:
    """Return the turns of the row's conversation_a and conversation_b."""
    return turns(row.get("conversation_a"), row.get("conversation_b"))


def turns(conversation_a: Any, conversation_b: Any) -> tuple[TurnTexts, ...]:
    """Return the turns that both conversations have, with the user messages as A got them.

    The conversations are lists of {role, content}, or their JSON text. content: text, null, or parts of which those
    with text are read. What a system says is skipped.
    """
    sides = zip(_exchanges(conversation_a), _exchanges(conversation_b), strict=False)
    return tuple(TurnTexts(user_text, a, b) for (user_text, a), (_, b) in sides)


def _exchanges(conversation: Any) -> Iterator[tuple[str, str]]:
    """Yield each user message with its answer."""
    question: str | None = None
    for role, content in map(_message, nested(conversation) or ()):
        if role == "user":
            question = content if question is None else f"{question}\n\n{content}"
        elif role == "assistant":
            yield question or "", content
            question = None


def _message(message: Any) -> tuple[str, str]:
    if not isinstance(message, dict) or "role" not in message:
        raise Unusable("its conversation is not a list of messages with a role")
    return str(message["role"]), _content(message.get("content"))


def _content(content: Any) -> str:
    if not isinstance(content, list):
        return text(content)
    parts = [part for part in content if isinstance(part, dict)]
    return "\n\n".join(text(part["text"]) for part in parts if part.get("text"))
