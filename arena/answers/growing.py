"""What a page is sent of answers while they are written: their Markdown as HTML, and of that only what is new.

Workers publish words. Each socket renders them for its page, behind the pacing, so that a page sees at any pace what it
would see of the whole. A page that comes again gets what there is as one piece, and from then on what is new.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

from arena.answers.events import Event
from arena.markup import Difference, GrowingText, shortened

#: Events that come within this time are sent together.
GATHER_SECONDS = 0.03
_LANGUAGE = re.compile(r'<div lang="([a-z]+)">(.*)</div>', re.DOTALL)
#: These bring the HTML of the stored answer.
_RENDERED = ("finished", "stopped")
_ENDS = (*_RENDERED, "failed")


@dataclass
class _Answer:
    """What the page has of one attempt."""

    attempt: int
    text: GrowingText = field(default_factory=GrowingText)
    has_html: bool = False


async def messages(entries: AsyncIterator[Event]) -> AsyncIterator[dict[str, Any]]:
    """Yield what a page is sent of these events. Those that come at almost one moment, as at first, become one message.

    Ends where the entries end.
    """
    page, gathered, until = Page(), list[Event](), 0.0
    coming = asyncio.ensure_future(anext(entries, None))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=max(0.0, until - monotonic()) if gathered else None)
            if done and (event := coming.result()) is not None:
                until = until if gathered else monotonic() + GATHER_SECONDS
                gathered.append(event)
                coming = asyncio.ensure_future(anext(entries, None))
                continue
            for message in filter(None, map(page.message, merged(gathered))):
                yield message
            gathered.clear()
            if done:
                return
    finally:
        coming.cancel()


class Page:
    """Turns events into messages for one page."""

    def __init__(self) -> None:
        self._answers: dict[tuple[int, str], _Answer] = {}

    def message(self, event: Event) -> dict[str, Any] | None:
        """Return what the page is sent of an event, without what says nothing; None of an attempt that was given up."""
        answer = self._answers.get((event.turn, event.slot))
        if answer is None or event.kind == "restarted" or event.attempt > answer.attempt:
            answer = self._answers[event.turn, event.slot] = _Answer(event.attempt)
        if event.attempt < answer.attempt:
            return None
        head = {"turn": event.turn, "slot": event.slot, "attempt": event.attempt, "kind": event.kind}
        if event.kind == "text":
            return head | _as_message(_grown(answer, event.text))
        return head | (_ended(answer, event.html) if event.kind in _RENDERED else {})


def _grown(answer: _Answer, words: str) -> Difference:
    difference = answer.text.add(words)
    if answer.has_html:
        return difference
    answer.has_html = True
    return answer.text.whole()


def _ended(answer: _Answer, html: str) -> dict[str, Any]:
    """Return what makes of the text so far the whole answer, as it is stored."""
    found = _LANGUAGE.fullmatch(html)
    difference = answer.text.end(found[2] if found else html)
    is_whole = difference.is_whole or not answer.has_html
    return _as_message(replace(difference, is_whole=is_whole)) | ({"lang": found[1]} if found else {})


def _as_message(difference: Difference) -> dict[str, Any]:
    optional = {"drop": difference.drop, "done": difference.done, "whole": difference.is_whole}
    return {"html": shortened(difference.html)} | {name: value for name, value in optional.items() if value}


def merged(entries: Iterable[Event]) -> list[Event]:
    """Return what a page has to know of these events: of each answer its words as one, and then how they ended."""
    newest: dict[tuple[int, str], list[Event]] = {}
    for event in entries:
        so_far = newest.setdefault((event.turn, event.slot), [])
        if so_far and event.attempt < so_far[-1].attempt:
            continue
        if event.kind == "restarted" or (so_far and event.attempt > so_far[-1].attempt):
            so_far.clear()
        if event.kind == "text" and so_far and so_far[-1].kind == "text":
            so_far[-1] = replace(event, text=so_far[-1].text + event.text)
        else:
            so_far.append(event)
    told = [event for answer in newest.values() for event in answer]
    return [event for event in told if event.kind not in _ENDS] + sorted(
        (event for event in told if event.kind in _ENDS), key=lambda event: (event.turn, event.slot)
    )
