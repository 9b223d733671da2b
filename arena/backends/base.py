"""The interface of every backend: something that streams one model's answer to a conversation.

BackendError
├── Unavailable      the model cannot answer now: weights missing, server down
│   └── Rejected     the server will not take this request: by the entry's settings, or by this one prompt
├── PromptTooLong    the conversation does not fit into the context window
└── GenerationFailed the model broke while it wrote, or said nothing
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol


class BackendError(Exception):
    """The failure of an answer. The text is for the log only: the public sees one of our own sentences."""


class Unavailable(BackendError):
    pass


class Rejected(Unavailable):
    pass


class PromptTooLong(BackendError):
    pass


class GenerationFailed(BackendError):
    pass


@dataclass(frozen=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class Decoding:
    """The choice of the next token. temperature 0 is greedy."""

    temperature: float = 0.7
    top_p: float = 1.0
    max_new_tokens: int = 256


@dataclass(frozen=True)
class Request:
    """One answer to write: the conversation (oldest first, ends with a user message) and how to decode it.

    options: what this entry's backend needs besides, such as {"weights": "smollm2-135m-instruct"}.
    seed: the same request with the same seed gives the same answer, on one machine.
    day: what a template may tell its model that the day is; today unless given.
    """

    messages: tuple[Message, ...]
    decoding: Decoding
    seed: int
    prompt_template: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    day: date | None = None


@dataclass(frozen=True)
class Completion:
    """The end of an answer, and what was learnt by then.

    reason "stop": the model was done; "length": it reached max_new_tokens; "declined": a filter of its server wants no
    answer, or no more of it. Of tokens, thoughts are a part. None: nobody counted.
    facts: what wrote it, such as {"model": "gpt-x-2026-05-01", "fingerprint": "fp_1"}.
    """

    reason: Literal["stop", "length", "declined"]
    tokens: int | None = None
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """The news of a moment; empty where there is none.

    thoughts: what a reasoning model writes before its answer. takes_back: all text so far was thoughts too.
    end: comes with the last piece.
    """

    text: str = ""
    thoughts: str = ""
    takes_back: bool = False
    end: Completion | None = None


class Backend(Protocol):
    def stream(self, request: Request) -> AsyncGenerator[Piece, None]:
        """Yield the answer piece by piece, thoughts parted from what is said; the last piece has the end.

        Yields at least every half second while it works, an empty piece where there is nothing new: the caller
        renews its lease and looks for a stop in between. Closing the generator ends the work.
        Raises BackendError; GenerationFailed too where nothing was said.
        """
        ...

    def count_tokens(self, request: Request) -> int:
        """Return how many tokens the conversation takes in the context window. Cheap, and never loads weights."""
        ...

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Load what the first answer needs. Raises BackendError."""
        ...
