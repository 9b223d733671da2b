"""Write one answer: claim it, stream it from its backend to the page, store its text once."""

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import redis
from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone

from arena.answers import breakers, events
from arena.answers.conversation import request_for
from arena.backends import backend
from arena.backends.base import BackendError, Completion, PromptTooLong
from arena.markup import GrowingText, render_answer, without_controls
from arena.models import Answer
from arena.models.answers import AnswerState

#: After its first word every model's text reaches the page in ticks of this length.
TICK_SECONDS = 0.1

logger = logging.getLogger(__name__)


class _Lost(Exception):
    """The lease was given to another attempt: this one has nothing to say any more."""


class _Stopped(Exception):
    """Someone asked to stop this answer."""


def generate_answer(answer_id: int, *, is_draining: Callable[[], bool] = lambda: False) -> None:
    """Write the answer unless someone else has it. Safe to run twice, or beside another run of the same answer.

    is_draining: true once this worker is asked to end; the answer is then given back, to be started anew elsewhere.
    """
    attempt = _claim(answer_id)
    if attempt is None:
        return
    answer = Answer.objects.select_related("turn__battle__model_a", "turn__battle__model_b").get(pk=answer_id)
    writer = _AnswerWriter(answer, attempt)
    try:
        completion = writer.write(is_draining)
    except _Lost:
        logger.info("answer %s was taken over; attempt %s ends", answer_id, attempt)
    except _Stopped:
        writer.end("stopped", AnswerState.STOPPED, reason="stopped")
    except BackendError as error:
        logger.exception("answer %s failed", answer_id)
        writer.fail()
        if not isinstance(error, PromptTooLong):
            breakers.answer_failed(answer.entry.pk)
    else:
        if completion is None:
            writer.give_back()
        else:
            writer.end("finished", AnswerState.DONE, reason=completion.reason, tokens=completion.tokens)


def _claim(answer_id: int) -> int | None:
    now = timezone.now()
    claimed = Answer.objects.filter(pk=answer_id, state=AnswerState.PENDING).update(
        state=AnswerState.STREAMING, attempt=F("attempt") + 1, leased_until=_lease(now), claimed_at=now
    )
    return Answer.objects.values_list("attempt", flat=True).get(pk=answer_id) if claimed else None


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


@dataclass
class _Ending:
    """How the backend ended. `_pieces` fills it in."""

    completion: Completion | None = None


class _AnswerWriter:
    """One attempt at one answer. Every write to the row names the attempt, so a late one changes nothing."""

    def __init__(self, answer: Answer, attempt: int) -> None:
        self.answer, self.attempt = answer, attempt
        self.battle_id = str(answer.turn.battle_id)
        self.text = ""
        self._unsent = ""
        self._shown = GrowingText()
        self._has_shown_text = False
        self._renewed = self._ticked = monotonic()

    def write(self, is_draining: Callable[[], bool]) -> Completion | None:
        """Return the completion, or None if the worker is asked to end. Raises BackendError, _Lost, _Stopped."""
        ending = _Ending()
        self._publish("started")
        with closing(self._pieces(ending)) as pieces:
            for piece in pieces:
                self.text += piece
                self._unsent += piece
                if is_draining():
                    return None
                self._renew_lease_in_time()
                self._tick()
        self._send()
        return ending.completion

    def end(self, kind: events.Kind, state: AnswerState, *, reason: str, tokens: int | None = None) -> None:
        """Store the text, then show it. The page gets HTML that is safe to show."""
        stored = self._held().update(
            state=state,
            text=self.text,
            tokens=tokens,
            finish_reason=reason,
            finished_at=timezone.now(),
            leased_until=None,
        )
        if stored:
            self._publish(kind, html=render_answer(self.text))

    def fail(self) -> None:
        """Keep what was written for the record; the page says that the side failed, in its own words."""
        failed = {
            "state": AnswerState.FAILED,
            "text": self.text,
            "finished_at": timezone.now(),
            "leased_until": None,
        }
        if self._held().update(**failed):
            self._publish("failed")

    def give_back(self) -> None:
        """Let another worker begin this side anew."""
        changes = {"state": AnswerState.PENDING, "leased_until": None, "first_text_at": None}
        if self._held().update(**changes, queued_at=timezone.now()):
            self._publish("restarted")

    def _pieces(self, ending: _Ending) -> Generator[str, None, None]:
        request = request_for(self.answer)
        ending.completion = yield from backend(self.answer.entry.backend).stream(request)

    def _held(self) -> QuerySet[Answer]:
        return Answer.objects.held(self.answer.pk, self.attempt)

    def _renew_lease_in_time(self) -> None:
        if monotonic() - self._renewed < settings.LEASE_SECONDS / 3:
            return
        self._renewed = monotonic()
        if not self._held().update(leased_until=_lease(timezone.now())):
            raise _Lost

    def _tick(self) -> None:
        is_first_text = self._unsent and not self._has_shown_text
        if not is_first_text and monotonic() - self._ticked < TICK_SECONDS:
            return
        self._ticked = monotonic()
        if not self._unsent:
            self._look_for_a_stop()
        self._send()

    def _send(self) -> None:
        if not self._unsent:
            return
        if not self._has_shown_text:
            self._has_shown_text = True
            if not self._held().update(first_text_at=timezone.now()):
                raise _Lost
        words = without_controls(self._unsent)
        if self._publish("text", text=words):
            self._unsent = ""
            self._shown.add(words)
            self._send_blocks()

    def _send_blocks(self) -> None:
        """Send whole paragraphs, lists and the like as HTML: the page need not jump when the answer is done."""
        block = self._shown.finished()
        if block and self._publish("block", html=block.html, characters=block.characters):
            self._shown.take(block)

    def _look_for_a_stop(self) -> None:
        try:
            if events.must_stop(self.answer.pk):
                raise _Stopped
        except redis.RedisError as error:
            logger.warning("Redis is unreachable (%s); answer %s goes on", error, self.answer.pk)

    def _publish(self, kind: events.Kind, *, text: str = "", html: str = "", characters: int = 0) -> bool:
        """Publish an event, and tell whether that worked: while Redis is unreachable, the words wait for the next tick.

        Raises _Stopped.
        """
        event = events.Event(self.answer.turn.number, self.answer.slot, self.attempt, kind, text, html, characters)
        try:
            must_stop = events.publish(self.battle_id, event, answer_id=self.answer.pk)
        except redis.RedisError as error:
            logger.warning("Redis is unreachable (%s); answer %s goes on", error, self.answer.pk)
            return False
        if must_stop and kind == "text":
            raise _Stopped
        return True
