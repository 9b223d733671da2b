"""Write one answer: claim it, stream it from its backend to the page, store its text once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from time import monotonic

import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from arena.answers import breakers, events
from arena.answers.conversation import request_for
from arena.answers.moderate import (
    judged_text,
    keep_rules_verdict,
    reason_against_answer,
    withhold_answers,
)
from arena.backends import backend
from arena.backends.base import BackendError, Completion, Piece, PromptTooLong, Rejected
from arena.backends.breaker import PROBE_SECONDS
from arena.markup import render_answer, without_controls
from arena.models import Answer, LanguageModel
from arena.models.answers import TOO_LONG, AnswerState
from arena.moderation.chosen import chosen_rules, chosen_slugs
from arena.moderation.rules import GrowingVerdict
from arena.queues import enqueue_probe, host_queue

#: After its first word every model's text reaches the page in ticks of this length.
TICK_SECONDS = 0.1

logger = logging.getLogger(__name__)


class _Lost(Exception):
    """The lease was given to another attempt: this one has nothing to say any more."""


class _Stopped(Exception):
    """Someone asked to stop this answer."""


class _Withheld(Exception):
    """Moderation takes the answer for unsafe. The message is the category."""


async def generate_answer(answer_id: int, *, is_draining: Callable[[], bool] = lambda: False) -> None:
    """Write the answer unless someone else has it. Safe to run twice, or beside another run of the same answer.

    is_draining: true once this worker is asked to end; the answer is then given back, to be started anew elsewhere.
    What a backend raises ends the answer at once; what is no BackendError is raised again.
    """
    attempt = await _claim(answer_id)
    if attempt is None:
        return
    answer = await Answer.objects.select_related("turn__battle__model_a", "turn__battle__model_b").aget(pk=answer_id)
    writer = _AnswerWriter(answer, attempt)
    try:
        completion = await writer.write(is_draining)
    except _Lost:
        logger.info("answer %s was taken over; attempt %s ends", answer_id, attempt)
    except _Stopped:
        await writer.end("stopped", AnswerState.STOPPED, Completion("stop"), reason="stopped")
    except _Withheld as found:
        await writer.keep_text()
        await sync_to_async(withhold_answers)(answer, str(found))
    except Exception as error:
        logger.exception("answer %s failed", answer_id)
        await writer.fail(reason=TOO_LONG if isinstance(error, PromptTooLong) else "")
        await sync_to_async(_blame)(answer.entry, error)
        if not isinstance(error, BackendError):
            raise
    else:
        if completion is None:
            await writer.give_back()
        else:
            await writer.end("finished", AnswerState.DONE, completion, reason=completion.reason)


def _blame(entry: LanguageModel, error: Exception) -> None:
    """Count the failure against the entry, unless this one prompt is the cause."""
    if isinstance(error, PromptTooLong):
        return
    if isinstance(error, Rejected):
        # Its settings or the prompt: the answer to a prompt of our own tells.
        enqueue_probe(entry.pk, queue=host_queue(entry.weights), lives_seconds=PROBE_SECONDS)
        return
    breakers.answer_failed(entry.pk)


async def _claim(answer_id: int) -> int | None:
    now = timezone.now()
    claimed = await Answer.objects.filter(pk=answer_id, state=AnswerState.PENDING).aupdate(
        state=AnswerState.STREAMING, attempt=F("attempt") + 1, leased_until=_lease(now), claimed_at=now
    )
    return await Answer.objects.values_list("attempt", flat=True).aget(pk=answer_id) if claimed else None


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


class _AnswerWriter:
    """One attempt at one answer. Every write to the row names the attempt, so a late one changes nothing."""

    def __init__(self, answer: Answer, attempt: int) -> None:
        self.answer, self.attempt = answer, attempt
        self.battle_id = str(answer.turn.battle_id)
        self.text = self.thoughts = ""
        self._unsent = ""
        self._has_shown_text = False
        self._renewed = self._ticked = monotonic()
        self._rules = chosen_rules()
        self._growing = GrowingVerdict(self._rules) if self._rules else None

    async def write(self, is_draining: Callable[[], bool]) -> Completion | None:
        """Return the completion, or None if the worker is asked to end.

        Raises BackendError, _Lost, _Stopped, _Withheld.
        """
        await self._publish("started")
        request = await sync_to_async(request_for)(self.answer)
        completion = None
        async with aclosing(backend(self.answer.entry.backend).stream(request)) as pieces:
            async for piece in pieces:
                await self._take(piece)
                completion = piece.end
                if is_draining() and completion is None:
                    return None
                await self._renew_lease_in_time()
                await self._tick()
        await self._send()
        await self._judge()
        return completion

    async def keep_text(self) -> None:
        """Keep what was written, for whoever judges it."""
        await self._held().aupdate(text=self.text, thoughts=self.thoughts)

    async def _judge(self) -> None:
        """Let moderators judge the whole answer before it counts as one. Raises _Lost, _Stopped, _Withheld."""
        if chosen_slugs():
            await self.keep_text()
        text = judged_text(self.text, self.thoughts)
        judging = asyncio.ensure_future(reason_against_answer(self.answer, self.attempt, text))
        try:
            while not (await asyncio.wait({judging}, timeout=settings.LEASE_SECONDS / 5))[0]:
                await self._renew_lease_in_time()
                await self._look_for_a_stop()
            if category := judging.result():
                raise _Withheld(category)
        finally:
            judging.cancel()

    async def end(self, kind: events.Kind, state: AnswerState, completion: Completion, *, reason: str) -> None:
        """Store the text, then show it. The page gets HTML that is safe to show."""
        stored = await self._held().aupdate(
            state=state,
            text=self.text,
            thoughts=self.thoughts,
            tokens=completion.tokens,
            prompt_tokens=completion.prompt_tokens,
            cached_tokens=completion.cached_tokens,
            facts=dict(completion.facts),
            finish_reason=reason,
            finished_at=timezone.now(),
            leased_until=None,
        )
        if stored:
            await self._publish(kind, html=render_answer(self.text))

    async def fail(self, *, reason: str) -> None:
        """Keep what was written for the record; the page says that the side failed, in its own words."""
        failed = {
            "state": AnswerState.FAILED,
            "text": self.text,
            "thoughts": self.thoughts,
            "finish_reason": reason,
            "finished_at": timezone.now(),
            "leased_until": None,
        }
        if await self._held().aupdate(**failed):
            await self._publish("failed")

    async def give_back(self) -> None:
        """Let another worker begin this side anew."""
        changes = {"state": AnswerState.PENDING, "leased_until": None, "first_text_at": None}
        if await self._held().aupdate(**changes, queued_at=timezone.now()):
            await self._publish("restarted")

    async def _take(self, piece: Piece) -> None:
        if piece.takes_back:
            self.thoughts += self.text
            self.text = self._unsent = ""
            self._growing = GrowingVerdict(self._rules) if self._rules else None
            # What the page has of it goes, as when a side starts anew.
            await self._publish("restarted")
        self.text += piece.text
        self.thoughts += piece.thoughts
        self._unsent += piece.text
        if self._growing and piece.text and (verdict := self._growing.take(piece.text)).is_unsafe:
            await sync_to_async(keep_rules_verdict)(self.answer, self.attempt, verdict)
            raise _Withheld(verdict.categories[0])

    def _held(self) -> QuerySet[Answer]:
        return Answer.objects.held(self.answer.pk, self.attempt)

    async def _renew_lease_in_time(self) -> None:
        if monotonic() - self._renewed < settings.LEASE_SECONDS / 3:
            return
        self._renewed = monotonic()
        if not await self._held().aupdate(leased_until=_lease(timezone.now())):
            raise _Lost

    async def _tick(self) -> None:
        is_first_text = self._unsent and not self._has_shown_text
        if not is_first_text and monotonic() - self._ticked < TICK_SECONDS:
            return
        self._ticked = monotonic()
        if not self._unsent:
            await self._look_for_a_stop()
        await self._send()

    async def _send(self) -> None:
        if not self._unsent:
            return
        if not self._has_shown_text:
            self._has_shown_text = True
            if not await self._held().aupdate(first_text_at=timezone.now()):
                raise _Lost
        if settings.MODERATION_HOLD:
            # All of it is shown at its end, once it was judged.
            self._unsent = ""
            await self._look_for_a_stop()
        elif await self._publish("text", text=without_controls(self._unsent)):
            self._unsent = ""

    async def _look_for_a_stop(self) -> None:
        try:
            if await sync_to_async(events.must_stop)(self.answer.pk):
                raise _Stopped
        except redis.RedisError as error:
            logger.warning("Redis is unreachable (%s); answer %s goes on", error, self.answer.pk)

    async def _publish(self, kind: events.Kind, *, text: str = "", html: str = "") -> bool:
        """Publish an event, and tell whether that worked: while Redis is unreachable, the words wait for the next tick.

        Raises _Stopped.
        """
        event = events.Event(self.answer.turn.number, self.answer.slot, self.attempt, kind, text, html)
        try:
            must_stop = await sync_to_async(events.publish)(self.battle_id, event, answer_id=self.answer.pk)
        except redis.RedisError as error:
            logger.warning("Redis is unreachable (%s); answer %s goes on", error, self.answer.pk)
            return False
        if must_stop and kind == "text":
            raise _Stopped
        return True
