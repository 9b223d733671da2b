"""Requests in one line, and what their answers are made of."""

from dataclasses import replace
from typing import Literal

from arena.backends.base import Backend, Decoding, Message, Request


def ask(*contents: str, weights: str = "tiny", template: str = "tokenizer", system: str = "", **decoding) -> Request:
    """A request whose contents are the user's and the assistant's in turn. Greedy and short unless said."""
    roles: list[Literal["user", "assistant"]] = ["user", "assistant"] * len(contents)
    messages = [Message(role, content) for role, content in zip(roles, contents, strict=False)]
    before = [Message("system", system)] if system else []
    how = replace(Decoding(temperature=0, max_new_tokens=24), **decoding)
    return Request((*before, *messages), how, seed=7, prompt_template=template, options={"weights": weights})


def pieces_of(stream):
    """What a stream yields, and its completion."""
    pieces = []
    while True:
        try:
            pieces.append(next(stream))
        except StopIteration as end:
            return pieces, end.value


def answer(backend: Backend, request: Request) -> str:
    return "".join(pieces_of(backend.stream(request))[0])
