"""A moderator that is a model: it is asked in its style, by the backend that its entry names."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

from arena.backends import backend
from arena.backends.base import Decoding, Request
from arena.moderation.styles import Style
from arena.moderation.verdict import SAFE, UNAVAILABLE, Passage, Verdict

#: A text is not cut into shorter parts than this, even where the window holds none of them.
SHORTEST_PART = 40

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelModerator:
    """A model that is asked whether a text is safe.

    version: what exactly answers. policy: what stands in place of the style's own policy. window: of the model, in
    tokens. seconds: how long one verdict may take.
    """

    name: str
    version: str
    style: Style
    backend: str
    options: Mapping[str, Any] = field(default_factory=dict)
    prompt_template: str = ""
    policy: str = ""
    window: int = 2048
    max_new_tokens: int = 32
    seconds: float = 10.0

    async def judge(self, passage: Passage) -> Verdict:
        """Return the verdict: of a text that the window does not hold, the first of its parts that is not safe."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._judge(passage)
        except Exception as error:
            logger.warning("the moderator %s says nothing: %s", self.name, type(error).__name__, exc_info=error)
            return UNAVAILABLE

    async def _judge(self, passage: Passage) -> Verdict:
        for part in self._parts(passage):
            verdict = self.style.read(await self._said(self._request(part)))
            if verdict.state != "safe":
                return verdict
        return SAFE

    async def _said(self, request: Request) -> str:
        text = ""
        async with aclosing(backend(self.backend).stream(request)) as pieces:
            async for piece in pieces:
                text = piece.text if piece.takes_back else text + piece.text
        return text

    def _parts(self, passage: Passage) -> Iterator[Passage]:
        """Yield the text as the window holds it: whole, without what came before, or in halves of halves."""
        if self._fits(passage):
            yield passage
        elif passage.before[:-1]:
            yield from self._parts(replace(passage, before=passage.before[-1:] if passage.role == "answer" else ()))
        elif len(passage.text) <= SHORTEST_PART:
            yield passage
        else:
            middle = len(passage.text) // 2
            for text in (passage.text[:middle], passage.text[middle:]):
                yield from self._parts(replace(passage, text=text, before=_short(passage)))

    def _fits(self, passage: Passage) -> bool:
        tokens = backend(self.backend).count_tokens(self._request(passage))
        return tokens + self.max_new_tokens <= self.window

    def _request(self, passage: Passage) -> Request:
        return Request(
            messages=self.style.messages(passage, self.policy),
            decoding=Decoding(temperature=0.0, max_new_tokens=self.max_new_tokens),
            seed=0,
            prompt_template=self.prompt_template or self.style.template,
            options=self.options,
        )


def _short(passage: Passage) -> tuple[Any, ...]:
    """Return the prompt before an answer, shortened: a long one would leave the answer no room."""
    return tuple(replace(message, content=message.content[:SHORTEST_PART]) for message in passage.before[-1:])
