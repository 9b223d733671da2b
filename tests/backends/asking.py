"""Requests in one line, and what their answers are made of."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Coroutine, Iterator
from dataclasses import replace
from threading import Thread
from typing import Any, Generic, Literal, TypeVar

from arena.backends.base import Backend, Completion, Decoding, Message, Piece, Request

T = TypeVar("T")


def ask(*contents: str, weights: str = "tiny", template: str = "tokenizer", system: str = "", **decoding) -> Request:
    """A request whose contents are the user's and the assistant's in turn. Greedy and short unless said."""
    roles: list[Literal["user", "assistant"]] = ["user", "assistant"] * len(contents)
    messages = [Message(role, content) for role, content in zip(roles, contents, strict=False)]
    before = [Message("system", system)] if system else []
    how = replace(Decoding(temperature=0, max_new_tokens=24), **decoding)
    return Request((*before, *messages), how, seed=7, prompt_template=template, options={"weights": weights})


class Steps(Generic[T]):
    """A stream that a test steps through, in any thread, and may close early."""

    def __init__(self, stream: AsyncGenerator[T, None]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        try:
            return _done(_next(self._stream))
        except StopAsyncIteration:
            raise StopIteration from None

    def close(self) -> None:
        _done(self._stream.aclose())


#: One for all, in a thread of its own: what a test leaves unfinished ends there.
_LOOP = asyncio.new_event_loop()
Thread(target=_LOOP.run_forever, daemon=True).start()


def _done(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, _LOOP).result()


async def _next(stream: AsyncGenerator[T, None]) -> T:
    return await anext(stream)


def all_of(stream: AsyncIterable[T]) -> list[T]:
    """All that a stream yields."""

    async def read() -> list[T]:
        return [item async for item in stream]

    return asyncio.run(read())


def pieces_of(stream: AsyncGenerator[Piece, None]) -> tuple[list[str], Completion]:
    """The texts that a stream yields, and its completion."""
    pieces = all_of(stream)
    end = pieces[-1].end
    assert end is not None
    return [piece.text for piece in pieces if piece.text or piece.end is None], end


def answer(backend: Backend, request: Request) -> str:
    return "".join(pieces_of(backend.stream(request))[0])
