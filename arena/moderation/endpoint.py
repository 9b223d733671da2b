"""A moderator that is a server with OpenAI's `/v1/moderations`: a text in, categories with scores out."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from arena.backends.openai_http.addresses import Resolve, resolve
from arena.backends.openai_http.connection import Connection
from arena.backends.openai_http.endpoint import Endpoint, Limits
from arena.backends.openai_http.stream import capped
from arena.moderation.categories import OTHER
from arena.moderation.verdict import UNAVAILABLE, UNPARSED, Passage, Verdict

MOST_BYTES = 1_000_000
#: By the first part of the server's name for it, the longest that fits.
_CATEGORIES = {
    "hate": "hate",
    "harassment": "harassment",
    "self-harm": "self_harm",
    "self_harm": "self_harm",
    "sexual": "sexual",
    "sexual/minors": "children",
    "violence": "violence",
    "illicit": "crime",
    "illicit/violent": "weapons",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class EndpointModerator:
    """A server that judges texts. options: of its entry, as the client of OpenAI's servers takes them."""

    name: str
    version: str
    options: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 10.0
    resolve: Resolve = resolve

    async def judge(self, passage: Passage) -> Verdict:
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._reply(passage.text)
        except Exception as error:
            logger.warning("the moderator %s says nothing: %s", self.name, type(error).__name__, exc_info=error)
            return UNAVAILABLE
        return read(body)

    async def _reply(self, text: str) -> bytes:
        endpoint = Endpoint.read(self.options)
        connection = Connection(endpoint, endpoint.limits(Limits(read_seconds=self.seconds, tries=1)), self.resolve)
        asked = {"model": endpoint.model, "input": text}
        async with connection.open("POST", "moderations", asked) as response:
            return b"".join([part async for part in capped(response.aiter_raw(), MOST_BYTES)])


def read(body: bytes) -> Verdict:
    """Return the verdict of a reply; `UNPARSED` where it is not of the form that was asked for."""
    try:
        (result,) = json.loads(body)["results"]
        flagged, named = result["flagged"], result["categories"]
        scores = {str(name): float(score) for name, score in (result.get("category_scores") or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return UNPARSED
    if not isinstance(flagged, bool) or not isinstance(named, dict):
        return UNPARSED
    found = dict.fromkeys(_category(str(name)) for name, is_so in named.items() if is_so is True)
    return Verdict("unsafe" if flagged else "safe", _reasons(flagged, found), _highest(scores))


def _reasons(flagged: bool, found: Mapping[str, Any]) -> tuple[str, ...]:
    return (tuple(found) or (OTHER,)) if flagged else ()


def _category(name: str) -> str:
    known = [prefix for prefix in _CATEGORIES if name == prefix or name.startswith(f"{prefix}/")]
    return _CATEGORIES[max(known, key=len)] if known else OTHER


def _highest(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the highest score of each of our categories."""
    ours: dict[str, float] = {}
    for name, score in scores.items():
        ours[_category(name)] = max(score, ours.get(_category(name), 0.0))
    return ours
