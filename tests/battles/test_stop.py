import threading
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arena.answers import events
from arena.answers.generate import generate_answer
from arena.answers.pacing import CHARACTERS_A_TICK
from arena.backends import BACKENDS
from arena.battles.stop import CannotStop, stop_answers
from arena.conf import redis_clients
from arena.models import Answer, Battle, Choice, PairCount
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import CannotVote, cast_vote
from arena.votes.policy import weight_of
from tests.factories import make_battle, make_entry
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db


class Silent(ScriptedBackend):
    """Reads a long prompt: it lives, and has no text yet."""

    def script(self, request):
        while True:
            threading.Event().wait(0.05)
            yield ""


@pytest.fixture
def battle():
    return make_battle(make_entry(script="word " * 400), make_entry(), is_answered=False)


def side(battle, slot):
    return Answer.objects.get(turn__battle=battle, slot=slot)


def kinds(battle, slot):
    stream = redis_clients.client().xrange(redis_clients.key(f"battle:{battle.pk}"))
    return [e["kind"] for _, e in stream if e["slot"] == slot]


def stop(battle):
    stop_answers(battle, now=timezone.now())


def test_a_side_that_waits_ends_at_once_and_no_worker_writes_it(battle):
    stop(battle)
    async_to_sync(generate_answer)(side(battle, "a").pk)
    assert (side(battle, "a").state, side(battle, "a").text) == ("stopped", "")
    assert kinds(battle, "a") == ["stopped"]


def test_a_side_that_is_being_written_keeps_its_text(battle, settings):
    settings.RECORDED_RATE = 200.0
    answer = side(battle, "a")
    # A worker claims it, and the wish comes while it writes.
    Answer.objects.filter(pk=side(battle, "b").pk).update(state="done", text="Done.", finished_at=timezone.now())
    events.ask_to_stop(answer.pk)
    async_to_sync(generate_answer)(answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.finish_reason) == ("stopped", "stopped")
    assert 0 < len(answer.text) < 2000
    assert kinds(battle, "a") == ["started", "text", "stopped"]


def test_a_side_without_a_word_is_stopped_too(battle, monkeypatch):
    monkeypatch.setitem(BACKENDS, "silent", f"{__name__}:Silent")
    type(battle.model_a).objects.filter(pk=battle.model_a_id).update(backend="silent")
    answer = side(battle, "a")
    events.ask_to_stop(answer.pk)
    async_to_sync(generate_answer)(answer.pk)
    answer.refresh_from_db()
    assert answer.state == "stopped"


def written(battle, slot, characters, *, is_done=False):
    """This side has written so much, and its events are in the stream."""
    text, now = slot * characters, timezone.now()
    state = {"state": "done", "finished_at": now} if is_done else {"state": "streaming"}
    Answer.objects.filter(turn__battle=battle, slot=slot).update(text=text if is_done else "", attempt=1, **state)
    for kind in ("text", "finished") if is_done else ("text",):
        event = events.Event(1, slot, 1, kind, text if kind == "text" else "")
        events.publish(str(battle.pk), event, answer_id=side(battle, slot).pk)


def texts_when_stopped(battle, *, after_seconds):
    stop_answers(battle, now=timezone.now() + timedelta(seconds=after_seconds))
    return side(battle, "a").text, side(battle, "b").text


@pytest.mark.parametrize("is_done", [False, True])
def test_in_lockstep_both_are_cut_where_the_page_had_them(battle, is_done):
    written(battle, "a", 900, is_done=is_done), written(battle, "b", 200)
    assert texts_when_stopped(battle, after_seconds=10) == ("a" * 200, "b" * 200)
    assert [side(battle, slot).state for slot in "ab"] == ["stopped", "stopped"]
    assert kinds(battle, "a")[-1] == kinds(battle, "b")[-1] == "stopped"


def test_in_lockstep_no_more_is_left_than_a_page_can_have_shown_in_the_time(battle):
    written(battle, "a", 900), written(battle, "b", 900)
    a, b = texts_when_stopped(battle, after_seconds=1)
    assert len(a) == len(b) <= 4 * CHARACTERS_A_TICK


def test_where_nothing_is_shown_before_the_end_nothing_is_left(battle, settings):
    settings.PACING = "when_done"
    written(battle, "a", 900, is_done=True), written(battle, "b", 200)
    assert texts_when_stopped(battle, after_seconds=10) == ("", "")
    assert Battle.objects.with_rows().get(pk=battle.pk).lost_answers


def test_where_all_is_live_each_side_keeps_what_it_had_written(battle, settings):
    settings.PACING = "live"
    written(battle, "a", 900, is_done=True), written(battle, "b", 200)
    assert texts_when_stopped(battle, after_seconds=10) == ("a" * 900, "b" * 200)
    assert [side(battle, slot).state for slot in "ab"] == ["done", "stopped"]


def test_a_worker_that_writes_on_changes_nothing_that_was_stopped(battle):
    written(battle, "a", 300), written(battle, "b", 200)
    before = texts_when_stopped(battle, after_seconds=10)
    held = Answer.objects.held(side(battle, "a").pk, 1)
    assert not held.update(text="more")
    assert (side(battle, "a").text, side(battle, "b").text) == before


def test_finished_sides_stay_as_they_are():
    battle = make_battle()
    stop(battle)
    assert side(battle, "a").state == "done"


def test_without_redis_nobody_can_be_told(battle, no_redis):
    with pytest.raises(CannotStop):
        stop(battle)
    assert side(battle, "a").state == "pending"


def stopped(text):
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot="b").update(state="stopped", text=text)
    return Battle.objects.with_rows().get(pk=battle.pk)


def test_a_side_stopped_before_its_first_word_leaves_nothing_to_vote_on():
    with pytest.raises(CannotVote):
        cast_vote(stopped(""), Choice.TIE, now=timezone.now())


@pytest.mark.parametrize(("policy", "counted"), [(False, 0), (True, 1)])
def test_whether_a_vote_on_half_an_answer_counts_is_the_policy_of_the_arena(settings, policy, counted):
    settings.COUNT_STOPPED = policy
    vote = cast_vote(stopped("Half an ans"), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert weight_of(vote) == counted
    assert sum(row.first_wins + row.second_wins for row in PairCount.objects.filter(category="overall")) == counted
