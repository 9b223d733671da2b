from datetime import timedelta

import pytest
from django.utils import timezone

from arena import queues
from arena.answers import breakers
from arena.answers.recover import recover_stalled_answers
from arena.battles.answer_again import retry_answer
from arena.battles.stop import leave_battle
from arena.conf import redis_clients
from arena.models import Answer, Battle, LanguageModel
from arena.models.battles import BattleKind
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def stalled(entry=None, **fields):
    battle = make_battle(entry, is_answered=False, now=NOW)
    answer = Answer.objects.get(turn__battle=battle, slot="a")
    Answer.objects.filter(pk=answer.pk).update(**fields)
    return answer


def in_a_chat(answer):
    """Its battle is one with chosen models, whose names are known."""
    Battle.objects.filter(pk=answer.turn.battle_id).update(kind=BattleKind.SIDE_BY_SIDE)
    answer.refresh_from_db()
    return answer


def kinds(answer):
    return [e["kind"] for _, e in redis_clients.client().xrange(redis_clients.key(f"battle:{answer.turn.battle_id}"))]


def test_a_live_lease_is_left_alone():
    answer = stalled(state="streaming", attempt=1, leased_until=NOW + timedelta(seconds=5))
    recover_stalled_answers(now=NOW)
    answer.refresh_from_db()
    assert (answer.state, kinds(answer)) == ("streaming", [])


def test_an_expired_lease_is_claimable_again_and_the_side_is_emptied():
    answer = stalled(state="streaming", attempt=1, leased_until=NOW - timedelta(seconds=1), first_text_at=NOW)
    recover_stalled_answers(now=NOW)
    answer.refresh_from_db()
    assert (answer.state, answer.first_text_at, kinds(answer)) == ("pending", None, ["restarted"])
    assert not queues.is_empty(answer.queue)


def test_an_answer_under_which_two_workers_died_fails():
    answer = stalled(state="streaming", attempt=2, leased_until=NOW - timedelta(seconds=1))
    recover_stalled_answers(now=NOW)
    answer.refresh_from_db()
    assert (answer.state, kinds(answer)) == ("failed", ["failed"])


def test_an_entry_under_which_workers_keep_dying_leaves_the_draw():
    entry = make_entry()
    for _ in range(2):
        assert breakers.resting([entry.pk]) == set()
        answer = stalled(entry, state="streaming", attempt=2, leased_until=NOW - timedelta(seconds=1))
        recover_stalled_answers(now=NOW)
    answer.refresh_from_db()
    assert answer.state == "failed"
    assert breakers.resting([entry.pk, answer.turn.battle.model_b_id]) == {entry.pk}


def test_what_waits_for_a_broken_entry_fails_at_once():
    entry = make_entry()
    answer, other = stalled(entry), stalled()
    LanguageModel.objects.filter(pk=entry.pk).update(state="broken")
    recover_stalled_answers(now=NOW)
    answer.refresh_from_db(), other.refresh_from_db()
    assert (answer.state, kinds(answer), other.state) == ("failed", ["failed"], "pending")


def test_an_answer_whose_queue_entry_was_lost_is_enqueued_again():
    answer = stalled(queued_at=NOW - timedelta(seconds=6))
    redis_clients.client().flushdb()
    recover_stalled_answers(now=NOW)
    assert not queues.is_empty(answer.queue)


def test_a_waiting_answer_that_is_still_in_its_queue_is_not_doubled():
    answer = stalled(queued_at=NOW - timedelta(seconds=6))
    redis_clients.client().flushdb()
    queues.enqueue_answer(answer.pk, queue=answer.queue)
    recover_stalled_answers(now=NOW)
    assert redis_clients.client().llen(redis_clients.key(answer.queue)) == 1


def test_what_waits_for_ten_minutes_fails_and_may_be_retried():
    answer = stalled(queued_at=NOW - timedelta(minutes=11))
    recover_stalled_answers(now=NOW)
    answer.refresh_from_db()
    assert (answer.state, answer.may_be_retried) == ("failed", True)
    in_a_chat(answer)
    assert retry_answer(answer, now=NOW)
    answer.refresh_from_db()
    assert answer.state == "pending"


def test_a_side_that_showed_text_is_not_retried():
    answer = in_a_chat(stalled(state="failed", attempt=1, first_text_at=NOW))
    assert not retry_answer(answer, now=NOW)


def test_a_side_of_a_blind_battle_is_not_retried():
    answer = stalled(state="failed", attempt=1)
    answer.refresh_from_db()
    assert answer.may_be_retried
    assert not retry_answer(answer, now=NOW)
    assert queues.is_empty(answer.queue)


def test_a_side_of_a_battle_that_was_left_is_not_asked_again():
    answer = in_a_chat(stalled(state="failed", attempt=1))
    leave_battle(answer.turn.battle, now=NOW)
    answer.refresh_from_db()
    assert not retry_answer(answer, now=NOW)
    assert queues.is_empty(answer.queue)
