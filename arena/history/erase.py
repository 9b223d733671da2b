"""The erasure of texts of battles: what was said goes, everywhere it lies; votes and boards stay to the digit."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import redis
from django.db import transaction

from arena.answers import events
from arena.answers.leftovers import note_erasure
from arena.models import Answer, Battle, Report, Turn, VoteComment
from arena.models.answers import AnswerState
from arena.scoring.numbers import forget_prompts

#: Battles that one query names.
AT_ONCE = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Erased:
    """What lost its texts. running: pks of answers that were being written."""

    battles: tuple[UUID, ...] = ()
    running: tuple[int, ...] = ()

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(self.battles + other.battles, self.running + other.running)


@transaction.atomic
def erase_texts(battles: Sequence[UUID], *, now: datetime) -> Erased:
    """Erase all words of these battles and their shared addresses; again, it changes nothing.

    Words are prompts, answers, thoughts, comments, and the notes of reports.

    Who writes an answer there loses its lease, so that no text is stored afterwards. Once that is committed, call
    `drop_published`.
    """
    parts = (battles[start : start + AT_ONCE] for start in range(0, len(battles), AT_ONCE))
    return sum((_erase(part, now) for part in parts), Erased())


def drop_published(erased: Erased) -> None:
    """Drop what was published of these battles, and have whoever writes to them stop."""
    try:
        for answer in erased.running:
            events.ask_to_stop(answer)
        for battle in erased.battles:
            events.forget(str(battle))
        if erased.battles:
            note_erasure()
    except redis.RedisError:
        logger.warning("Redis is unreachable; what it holds of erased battles ends within the hour by itself")


def _erase(battles: Sequence[UUID], now: datetime) -> Erased:
    # Locked, so that what others are adding to a battle is there to be erased.
    rows = Battle.objects.filter(pk__in=battles)
    own = list(rows.select_for_update().values_list("pk", flat=True))
    answers = Answer.objects.filter(turn__battle__in=own)
    running = list(answers.running().values_list("pk", flat=True))
    forget_prompts(own)
    answers.running().update(state=AnswerState.STOPPED, finish_reason="stopped", finished_at=now, leased_until=None)
    answers.update(text="", thoughts="")
    Turn.objects.filter(battle__in=own).update(user_text="")
    VoteComment.objects.filter(vote__battle__in=own).delete()
    Report.objects.filter(battle__in=own).update(note="")
    rows.filter(vote__isnull=True, left_at__isnull=True).update(left_at=now)
    rows.filter(share_token__isnull=False).update(share_token=None)
    rows.filter(texts_erased_at__isnull=True).update(texts_erased_at=now)
    return Erased(tuple(own), tuple(running))
