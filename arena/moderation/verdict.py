"""What a moderator is asked, what it says, and what every moderator has in common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from arena.backends.base import Message

#: safe, unsafe: what it said. unparsed: it said something else. unavailable: it did not say anything in time.
State = Literal["safe", "unsafe", "unparsed", "unavailable"]


@dataclass(frozen=True)
class Passage:
    """A text to judge. role: who wrote it. before: the conversation up to it, oldest first."""

    text: str
    role: Literal["prompt", "answer"] = "prompt"
    before: tuple[Message, ...] = ()

    @property
    def conversation(self) -> tuple[Message, ...]:
        """Return the conversation with the text as its last message."""
        return (*self.before, Message("user" if self.role == "prompt" else "assistant", self.text))


@dataclass(frozen=True)
class Verdict:
    """What a moderator says of a text. categories: keys of `CATEGORIES`. scores: by key, 0 to 1, where it has any."""

    state: State
    categories: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_unsafe(self) -> bool:
        return self.state == "unsafe"

    @property
    def is_known(self) -> bool:
        """Tell whether it says anything of the text."""
        return self.state in ("safe", "unsafe")


SAFE, UNPARSED, UNAVAILABLE = Verdict("safe"), Verdict("unparsed"), Verdict("unavailable")


class Moderator(Protocol):
    """Whoever judges texts. name: as the operator calls it. version: what exactly judged, for the record."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    async def judge(self, passage: Passage) -> Verdict:
        """Return the verdict. Raises nothing of its own: who cannot answer is `UNAVAILABLE`."""
        ...
