"""Let an entry write one answer outside of any battle, to see whether it works and how fast it is."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from asgiref.sync import async_to_sync
from django.utils import timezone

from arena.answers.conversation import TooLongForTheWindow, refuse_what_no_window_holds
from arena.backends import backend
from arena.backends.base import Decoding, Message, PromptTooLong, Request
from arena.models import LanguageModel

DEFAULT_PROMPT = "Tell me in two sentences what the tide is."

_ENDINGS = {"length": "cut at max_new_tokens", "declined": "declined by a filter of its server, not by the model"}


@dataclass(frozen=True)
class EntryTestRun:
    """One answer and what it took.

    first_text_seconds: None where no text came. tokens: 0 where nobody counted.
    """

    text: str
    tokens: int
    reason: str
    first_text_seconds: float | None
    seconds: float

    @property
    def tokens_per_second(self) -> float | None:
        """Return the rate of the tokens after the first: the time before it is spent on reading the prompt."""
        if self.first_text_seconds is None or self.tokens < 2 or self.seconds <= self.first_text_seconds:
            return None
        return (self.tokens - 1) / (self.seconds - self.first_text_seconds)

    def __str__(self) -> str:
        first = "no text" if self.first_text_seconds is None else f"{self.first_text_seconds:.2f} s to the first token"
        tokens = f"{self.tokens} tokens" if self.tokens else f"{len(self.text)} characters (nobody counted tokens)"
        pace = "" if self.tokens_per_second is None else f", {self.tokens_per_second:.1f} tok/s after the first"
        ending = _ENDINGS.get(self.reason, "ended by itself")
        return f"{first}; {tokens} in {self.seconds:.2f} s{pace}; {ending}"


def run_test(
    entry: LanguageModel,
    prompt: str,
    *,
    on_text: Callable[[str], object] = lambda text: None,
    clock: Callable[[], float] = monotonic,
) -> EntryTestRun:
    """Return the entry's answer to this prompt, asked as in the first turn of a battle. Nothing is stored.

    on_text: gets each piece as it comes, "" while there is nothing new; what it raises ends the answer.
    Raises BackendError, also where the model says nothing.
    """
    _refuse_what_is_too_long(entry, prompt)
    return async_to_sync(_written)(entry, prompt, on_text, clock)


async def _written(
    entry: LanguageModel, prompt: str, on_text: Callable[[str], object], clock: Callable[[], float]
) -> EntryTestRun:
    text, first, began, end = "", None, clock(), None
    async with aclosing(backend(entry.backend).stream(request_of(entry, prompt))) as pieces:
        async for piece in pieces:
            text = piece.text if piece.takes_back else text + piece.text
            first = clock() - began if piece.text and first is None else first
            end = piece.end
            if piece.text or end is None:
                on_text(piece.text)
    seconds = clock() - began
    assert end is not None
    return EntryTestRun(text, end.tokens or 0, end.reason, first, seconds)


def request_of(entry: LanguageModel, prompt: str) -> Request:
    """Return the request that the entry would get in the first turn of a battle."""
    system = (Message("system", entry.system_prompt),) if entry.system_prompt else ()
    return Request(
        messages=(*system, Message("user", prompt)),
        decoding=Decoding(temperature=entry.temperature, top_p=entry.top_p, max_new_tokens=entry.max_new_tokens),
        seed=0,
        prompt_template=entry.prompt_template,
        options={**entry.options, **entry.local_files},
        day=timezone.localdate(),
    )


def _refuse_what_is_too_long(entry: LanguageModel, prompt: str) -> None:
    try:
        refuse_what_no_window_holds([entry], prompt)
    except TooLongForTheWindow as error:
        raise PromptTooLong(f"the prompt does not fit into {entry.context_tokens} tokens") from error
