"""The forgetting of a voter: key and texts go, votes stay as numbers. The board is the same before and after."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import redis
from django.db import transaction

from arena.answers import events
from arena.answers.leftovers import note_erasure
from arena.models import Answer, Battle, Turn, VoteComment, Voter
from arena.models.answers import AnswerState
from arena.scoring.numbers import forget_prompts

logger = logging.getLogger(__name__)


def forget_voter(voter: Voter, *, now: datetime) -> int:
    """Erase the voter's key and texts, and return how many battles have lost their texts. Again, it changes nothing.

    Workers that write an answer to this voter lose their lease, so that no text is stored afterwards.
    """
    with transaction.atomic():
        Voter.objects.locked(voter.pk)
        # Locked, so that what others are adding to a battle is there to be erased.
        battles = list(Battle.objects.filter(voter=voter).select_for_update().values_list("pk", flat=True))
        running = list(Answer.objects.running().filter(turn__battle__voter=voter).values_list("pk", flat=True))
        forget_prompts(voter)
        _erase_texts(voter, now)
        Battle.objects.filter(voter=voter).update(share_token=None)
        Battle.objects.filter(voter=voter, vote__isnull=True, left_at__isnull=True).update(left_at=now)
        Voter.objects.filter(pk=voter.pk, erased_at__isnull=True).update(key_digest=None, erased_at=now)
    _erase_events(battles, running)
    return len(battles)


def _erase_texts(voter: Voter, now: datetime) -> None:
    answers = Answer.objects.filter(turn__battle__voter=voter)
    answers.running().update(state=AnswerState.STOPPED, finish_reason="stopped", finished_at=now, leased_until=None)
    answers.update(text="", thoughts="")
    Turn.objects.filter(battle__voter=voter).update(user_text="")
    VoteComment.objects.filter(vote__voter=voter).delete()


def _erase_events(battles: Iterable[UUID], running: Iterable[int]) -> None:
    try:
        for answer in running:
            events.ask_to_stop(answer)
        for battle in battles:
            events.forget(str(battle))
        note_erasure()
    except redis.RedisError:
        logger.warning("Redis is unreachable; what it holds of a forgotten voter ends within the hour by itself")
