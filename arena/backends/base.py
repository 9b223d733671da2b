"""The interface of every backend: something that streams one model's answer to a conversation.

BackendError
├── Unavailable      the model cannot answer now: weights missing, server down
├── PromptTooLong    the conversation does not fit into the context window
└── GenerationFailed the model broke while it wrote
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


class BackendError(Exception):
    """The failure of an answer. The text is for the log only: the public sees one of our own sentences."""


class Unavailable(BackendError):
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
    """

    messages: tuple[Message, ...]
    decoding: Decoding
    seed: int
    prompt_template: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Completion:
    """The end of an answer. reason "stop": the model was done; "length": it reached max_new_tokens."""

    reason: Literal["stop", "length"]
    tokens: int


class Backend(Protocol):
    def stream(self, request: Request) -> Generator[str, None, Completion]:
        """Yield the answer piece by piece and return its Completion.

        Yields at least every half second while it works, an empty string where there is nothing new: the caller
        renews its lease and looks for a stop in between. Closing the generator ends the work.
        Raises BackendError.
        """
        ...

    def count_tokens(self, request: Request) -> int:
        """Return how many tokens the conversation takes in the context window. Cheap, and never loads weights."""
        ...

    def warm_up(self, options: Mapping[str, Any]) -> None:
        """Load what the first answer needs. Raises BackendError."""
        ...
