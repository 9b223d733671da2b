"""Moderation where it acts: prompts before any model reads them, answers while they grow and when they end.

A prompt that only rules judge is judged in the request. Where models or servers judge too, its turn waits until all
have spoken, or until its time is over; an answer waits in its own worker. Whoever says nothing counts as
ARENA_MODERATION_FAIL says. What is withheld ends on both sides alike, and what was published of it is forgotten.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import redis
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from arena.answers import events
from arena.backends.base import Message
from arena.models import Answer, Battle, ModerationResult, Turn, Withheld
from arena.models.answers import WITHHELD, AnswerState
from arena.moderation.categories import OTHER
from arena.moderation.chosen import RULES, Chosen, chosen, chosen_entries, chosen_rules, chosen_slugs
from arena.moderation.verdict import UNAVAILABLE, Passage, Verdict
from arena.queues import enqueue_answer, enqueue_answer_check, enqueue_prompt_check, host_queue

#: How often the worker of an answer looks whether another worker has judged it.
LOOK_SECONDS = 0.05

logger = logging.getLogger(__name__)


def judge_in_request(user_text: str) -> Verdict | None:
    """Return what the rules say of a prompt; None where the operator does not want them."""
    rules = chosen_rules()
    return rules.verdict(user_text) if rules else None


def judge_without_the_missing(entries: Sequence[Chosen]) -> Verdict | None:
    """Return a verdict against whatever somebody who was chosen cannot judge now; None where it may pass all the same.

    entries: those that can.
    """
    is_short = len(entries) < len(chosen_slugs())
    return Verdict("unavailable", (OTHER,)) if is_short and _when_unknown() else None


def withhold_prompt(turn: Turn, verdict: Verdict, *, now: datetime) -> None:
    """Keep what was said at once of this prompt, which no model is going to read."""
    rules = chosen_rules()
    if verdict.is_unsafe and rules is not None:
        _keep(turn, verdict, moderator=RULES, version=rules.version, now=now)
        return
    for slug in set(chosen_slugs()) - {entry.slug for entry in chosen_entries()}:
        _keep(turn, UNAVAILABLE, moderator=slug, version="", now=now)


def ask_for_checks(turn: Turn, entries: Sequence[Chosen]) -> None:
    """Ask each of these moderators for a verdict on the turn's prompt."""
    for entry in entries:
        queue = host_queue(entry.weights)
        enqueue_prompt_check(turn.pk, entry.slug, queue=queue, lives_seconds=_patience())


def checked_until(now: datetime) -> datetime:
    """Return until when a prompt waits for its moderators."""
    return now + timedelta(seconds=_patience())


def judge_prompt(turn_id: int, slug: str) -> None:
    """Judge the prompt of a turn that waits, and settle it where this was the last verdict that it waited for."""
    turn, entry = Turn.objects.get(pk=turn_id), chosen(slug)
    if turn.checked_until is None or entry is None:
        return
    began = monotonic()
    verdict = async_to_sync(entry.moderator.judge)(Passage(turn.user_text))
    seconds, now = monotonic() - began, timezone.now()
    _keep(turn, verdict, moderator=slug, version=entry.moderator.version, now=now, seconds=seconds)
    settle_prompt(turn_id, now=now)


def settle_prompt(turn_id: int, *, now: datetime, is_overdue: bool = False) -> None:
    """Let the models answer a prompt once all its moderators have spoken, or withhold it once one says unsafe.

    is_overdue: nobody is waited for any more.
    """
    with transaction.atomic():
        turn = Turn.objects.select_for_update().get(pk=turn_id)
        if turn.checked_until is None:
            return
        said = {result.moderator: result for result in turn.verdicts.filter(slot="")}
        waited_for = [] if is_overdue else [each.slug for each in chosen_entries() if each.slug not in said]
        reason = _against(_verdict(result) for result in said.values())
        if not reason and waited_for:
            return
        if not reason and is_overdue and any(each.slug not in said for each in chosen_entries()):
            reason = _when_unknown()
        turn.checked_until = None
        turn.save(update_fields=["checked_until"])
        if reason:
            _withhold(turn, Withheld.PROMPT, reason, now=now)
        else:
            _let_answer(turn, now)


def settle_overdue_prompts(*, now: datetime) -> None:
    """Settle the prompts whose moderators did not speak in time: a dead one holds up no battle."""
    for turn_id in Turn.objects.filter(checked_until__lt=now).values_list("pk", flat=True):
        logger.warning("turn %s: not all moderators of its prompt spoke in time", turn_id)
        settle_prompt(turn_id, now=now, is_overdue=True)


async def reason_against_answer(answer: Answer, attempt: int, text: str) -> str:
    """Return the category for which this answer is withheld; "" where nothing is against it.

    The rules judge it as a whole; models and servers are asked at the same time, and waited for as long as they may.
    """
    rules = chosen_rules()
    if rules and (verdict := rules.verdict(text)).is_unsafe:
        await sync_to_async(keep_rules_verdict)(answer, attempt, verdict)
        return verdict.categories[0]
    entries = await sync_to_async(chosen_entries)() if chosen_slugs() else []
    if missing := judge_without_the_missing(entries):
        return missing.categories[0]
    if not entries or not text.strip():
        return ""
    passage = Passage(text, "answer", await sync_to_async(_before)(answer))
    verdicts = await asyncio.gather(*(_asked(entry, answer, attempt, passage) for entry in entries))
    return _against(verdicts)


def keep_rules_verdict(answer: Answer, attempt: int, verdict: Verdict) -> None:
    """Keep what the rules said of an answer, or of the part of it that there is."""
    rules = chosen_rules()
    assert rules is not None
    _keep(answer.turn, verdict, moderator=RULES, version=rules.version, now=timezone.now(), answer=(answer, attempt))


def judge_answer(answer_id: int, attempt: int, slug: str) -> None:
    """Judge an answer for the worker that writes it and waits. Its text is in its row already."""
    answer, entry = Answer.objects.select_related("turn").get(pk=answer_id), chosen(slug)
    if entry is None or answer.attempt != attempt or answer.is_finished:
        return
    began = monotonic()
    text = judged_text(answer.text, answer.thoughts)
    verdict = async_to_sync(entry.moderator.judge)(Passage(text, "answer", _before(answer)))
    _keep_of(entry, answer, attempt, verdict, seconds=monotonic() - began)


def withhold_answers(answer: Answer, category: str) -> None:
    """End both sides of the answer's turn, and show neither: nobody is told which of them it was."""
    with transaction.atomic():
        # First the battle, as whoever stops or votes locks it.
        Battle.objects.select_for_update().get(pk=answer.turn.battle_id)
        turn = Turn.objects.select_for_update().get(pk=answer.turn_id)
        if turn.withheld is None:
            _withhold(turn, Withheld.ANSWER, category, now=timezone.now())


def take_down(battle: Battle, *, now: datetime) -> None:
    """Hide all of a battle that is not withheld already, and end what is being written of it."""
    for turn in battle.turns.filter(withheld__isnull=True):
        Turn.objects.filter(pk=turn.pk).update(checked_until=None)
        _withhold(turn, Withheld.TAKEN_DOWN, OTHER, now=now)


def judged_text(text: str, thoughts: str) -> str:
    """Return what is judged of an answer: its thoughts too, which can be read after the vote."""
    return f"{thoughts}\n\n{text}" if thoughts.strip() else text


async def _asked(entry: Chosen, answer: Answer, attempt: int, passage: Passage) -> Verdict:
    if entry.weights:
        return await _asked_of_its_host(entry, answer, attempt)
    began = monotonic()
    verdict = await entry.moderator.judge(passage)
    await sync_to_async(_keep_of)(entry, answer, attempt, verdict, seconds=monotonic() - began)
    return verdict


async def _asked_of_its_host(entry: Chosen, answer: Answer, attempt: int) -> Verdict:
    """Return the verdict of a model with weights of its own, which another worker holds; `UNAVAILABLE` in the end."""
    queue, patience = host_queue(entry.weights), _patience()
    await sync_to_async(enqueue_answer_check)(answer.pk, attempt, entry.slug, queue=queue, lives_seconds=patience)
    own = ModerationResult.objects.filter(turn=answer.turn_id, slot=answer.slot, attempt=attempt, moderator=entry.slug)
    until = monotonic() + patience
    while monotonic() < until:
        if (result := await own.afirst()) is not None:
            return _verdict(result)
        await asyncio.sleep(LOOK_SECONDS)
    await sync_to_async(_keep_of)(entry, answer, attempt, UNAVAILABLE, seconds=None)
    return UNAVAILABLE


def _patience() -> float:
    """Return how long a verdict is waited for: its own time, and as long again for those before it."""
    return 2 * float(settings.MODERATION_SECONDS)


def _against(verdicts: Iterable[Verdict]) -> str:
    """Return the category of the first that says unsafe; where one says nothing, what the operator wants then."""
    listed = list(verdicts)
    unsafe = next((verdict for verdict in listed if verdict.is_unsafe), None)
    if unsafe is not None:
        return unsafe.categories[0]
    return "" if all(verdict.is_known for verdict in listed) else _when_unknown()


def _when_unknown() -> str:
    return OTHER if settings.MODERATION_FAIL == "closed" else ""


def _verdict(result: ModerationResult) -> Verdict:
    return Verdict(result.state, tuple(result.categories), result.scores)  # type: ignore[arg-type]


def _before(answer: Answer) -> tuple[Message, ...]:
    """Return the prompt that an answer is judged with: the older turns were judged when they were new."""
    return (Message("user", answer.turn.user_text),)


def _keep_of(entry: Chosen, answer: Answer, attempt: int, verdict: Verdict, *, seconds: float | None) -> None:
    version, now = entry.moderator.version, timezone.now()
    _keep(
        answer.turn, verdict, moderator=entry.slug, version=version, now=now, seconds=seconds, answer=(answer, attempt)
    )


def _keep(
    turn: Turn,
    verdict: Verdict,
    *,
    moderator: str,
    version: str,
    now: datetime,
    seconds: float | None = None,
    answer: tuple[Answer, int] | None = None,
) -> None:
    slot, attempt = (answer[0].slot, answer[1]) if answer else ("", 0)
    ModerationResult.objects.create(
        turn=turn,
        slot=slot,
        attempt=attempt,
        moderator=moderator,
        version=version,
        state=verdict.state,
        categories=list(verdict.categories),
        scores=dict(verdict.scores),
        seconds=seconds,
        at=now,
    )


def _let_answer(turn: Turn, now: datetime) -> None:
    waiting = turn.answers.filter(state=AnswerState.PENDING)
    waiting.update(queued_at=now)
    for answer in waiting:
        transaction.on_commit(partial(enqueue_answer, answer.pk, queue=answer.queue))


def _withhold(turn: Turn, what: Withheld, category: str, *, now: datetime) -> None:
    """End what is being written of the turn, and tell its page once that is stored."""
    before = list(turn.answers.all())
    ended = {"state": AnswerState.FAILED, "finish_reason": WITHHELD, "finished_at": now, "leased_until": None}
    turn.answers.running().update(**ended)
    Turn.objects.filter(pk=turn.pk).update(withheld=what, withheld_for=category)
    Battle.objects.filter(pk=turn.battle_id).update(share_token=None)
    transaction.on_commit(partial(_tell, turn, before))


def _tell(turn: Turn, answers: Sequence[Answer]) -> None:
    """Forget what was published of the battle, and end both sides on a page that is open.

    answers: as they were before.
    """
    battle_id = str(turn.battle_id)
    try:
        for answer in answers:
            if not answer.is_finished:
                events.ask_to_stop(answer.pk)
        events.forget(battle_id)
        for answer in answers:
            # The attempt of one that waited is the one that a worker would have begun.
            attempt = answer.attempt + (answer.state == AnswerState.PENDING)
            events.publish(battle_id, events.Event(turn.number, answer.slot, attempt, "stopped"), answer_id=answer.pk)
    except redis.RedisError:
        logger.warning("Redis is unreachable; the page of turn %s learns of its end when it connects again", turn.pk)
