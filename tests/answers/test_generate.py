import threading
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arena.answers import breakers, events
from arena.answers.generate import TICK_SECONDS, generate_answer
from arena.backends import BACKENDS
from arena.backends.base import Completion, GenerationFailed, Piece
from arena.conf import redis_clients
from arena.models import Answer
from tests.factories import make_battle, make_entry, write_answers
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db


class Breaking(ScriptedBackend):
    """Says a word, lets a tick pass so that it is shown, and breaks."""

    def script(self, request):
        yield "Half an ans"
        threading.Event().wait(TICK_SECONDS)
        yield ""
        raise GenerationFailed("ZEBRA-7 ran out of memory")


class Interrupting(ScriptedBackend):
    """Calls what the test gave in the middle of its answer."""

    between: Callable[[], object] = staticmethod(lambda: None)

    def script(self, request):
        yield "first "
        Interrupting.between()
        yield "second"
        return Completion("stop", 2)


@pytest.fixture(autouse=True)
def backends(monkeypatch, settings):
    settings.RECORDED_RATE = 100_000.0
    monkeypatch.setitem(BACKENDS, "breaking", f"{__name__}:Breaking")
    monkeypatch.setitem(BACKENDS, "interrupting", f"{__name__}:Interrupting")


def written(entry_a=None, entry_b=None):
    return write_answers(make_battle(entry_a, entry_b, is_answered=False))


def answer_of(battle, slot="a"):
    return Answer.objects.get(turn__battle=battle, slot=slot)


def kinds(battle):
    return [(e["slot"], e["kind"]) for _, e in redis_clients.client().xrange(redis_clients.key(f"battle:{battle.pk}"))]


def test_the_text_is_stored_once_and_shown_as_it_comes():
    battle = written(make_entry(script="**Blue** light scatters."), make_entry())
    answer = answer_of(battle)
    assert (answer.state, answer.text, answer.attempt) == ("done", "**Blue** light scatters.", 1)
    shown = [e for _, e in redis_clients.client().xrange(redis_clients.key(f"battle:{battle.pk}")) if e["slot"] == "a"]
    assert "".join(str(e["text"]) for e in shown if e["kind"] == "text") == answer.text
    assert shown[-1]["kind"] == "finished"
    assert "<strong>Blue</strong>" in shown[-1]["html"]


def test_a_task_delivered_twice_writes_once():
    battle = written()
    before = kinds(battle)
    async_to_sync(generate_answer)(answer_of(battle).pk)
    assert answer_of(battle).attempt == 1
    assert kinds(battle) == before


@pytest.mark.parametrize("text", ["", " \n", "<think>Hm.</think>\n"])
def test_an_answer_that_says_nothing_is_none(text):
    battle = written(make_entry(script=text), make_entry())
    assert (answer_of(battle).state, answer_of(battle).is_lost) == ("failed", True)


def test_a_backend_that_is_missing_fails_the_side_without_a_word():
    battle = written(make_entry(backend="broken"), make_entry())
    answer = answer_of(battle)
    assert (answer.state, answer.may_be_retried) == ("failed", True)
    assert kinds(battle)[:2] == [("a", "started"), ("a", "failed")]


def test_a_side_that_broke_after_its_first_word_is_not_started_again():
    battle = written(make_entry(backend="breaking"), make_entry())
    answer = answer_of(battle)
    assert (answer.state, answer.may_be_retried) == ("failed", False)


@pytest.mark.parametrize("lease", [0.0, 15.0], ids=["finds it at its next renewal", "finds it at the end"])
def test_a_zombie_changes_nothing_once_its_lease_was_given_away(settings, lease):
    settings.LEASE_SECONDS = lease
    battle = make_battle(make_entry(backend="interrupting"), make_entry(), is_answered=False)
    answer = answer_of(battle)
    Interrupting.between = staticmethod(lambda: Answer.objects.filter(pk=answer.pk).update(attempt=2))
    async_to_sync(generate_answer)(answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.text) == ("streaming", "")
    assert ("a", "finished") not in kinds(battle)


def test_a_stop_flag_ends_the_answer_and_keeps_its_text():
    battle = make_battle(make_entry(script="word " * 50), make_entry(), is_answered=False)
    answer = answer_of(battle)
    events.ask_to_stop(answer.pk)
    async_to_sync(generate_answer)(answer.pk)
    answer.refresh_from_db()
    assert answer.state == "stopped"
    assert answer.text.startswith("word")


def test_a_worker_that_is_ending_gives_the_answer_back():
    battle = make_battle(is_answered=False)
    answer = answer_of(battle)
    async_to_sync(generate_answer)(answer.pk, is_draining=lambda: True)
    answer.refresh_from_db()
    assert (answer.state, answer.leased_until) == ("pending", None)
    assert kinds(battle) == [("a", "started"), ("a", "restarted")]
    async_to_sync(generate_answer)(answer.pk)
    answer.refresh_from_db()
    assert (answer.state, answer.attempt) == ("done", 2)


def test_the_times_of_an_answer_are_kept():
    start = timezone.now()
    answer = answer_of(written())
    assert start <= answer.claimed_at <= answer.first_text_at <= answer.finished_at


class Thinking(ScriptedBackend):
    """Thinks, says what it thought, takes that back, and answers."""

    def script(self, request):
        yield Piece(thoughts="Hm. ")
        yield "I am ZEBRA-7."
        yield Piece("Four.", takes_back=True)
        return Completion("length", 9, 30, 20, {"model": "zebra-7-2026"})


def test_thoughts_and_counts_are_kept_beside_the_text(monkeypatch):
    monkeypatch.setitem(BACKENDS, "thinking", f"{__name__}:Thinking")
    answer = answer_of(written(make_entry(backend="thinking"), make_entry()))
    assert (answer.text, answer.thoughts) == ("Four.", "Hm. I am ZEBRA-7.")
    assert (answer.tokens, answer.prompt_tokens, answer.cached_tokens) == (9, 30, 20)
    assert (answer.finish_reason, answer.facts) == ("length", {"model": "zebra-7-2026"})


def test_a_page_gets_no_thought_and_begins_anew_where_words_were_taken_back(monkeypatch):
    monkeypatch.setitem(BACKENDS, "thinking", f"{__name__}:Thinking")
    battle = written(make_entry(backend="thinking"), make_entry())
    published = redis_clients.client().xrange(redis_clients.key(f"battle:{battle.pk}"))
    shown = [event for _, event in published if event["slot"] == "a" and event["kind"] != "block"]
    assert [event["kind"] for event in shown] == ["started", "text", "restarted", "text", "finished"]
    assert "ZEBRA" not in str(shown[2:])


class Surprised(ScriptedBackend):
    def script(self, request):
        yield "Half an ans"
        raise ZeroDivisionError("a bug in what we call")


def test_anything_that_a_backend_raises_ends_the_answer_at_once_and_counts(monkeypatch):
    monkeypatch.setitem(BACKENDS, "surprised", f"{__name__}:Surprised")
    entry = make_entry(backend="surprised")
    for _ in range(3):
        battle = make_battle(entry, make_entry(), is_answered=False)
        with pytest.raises(ZeroDivisionError):
            async_to_sync(generate_answer)(answer_of(battle).pk)
        assert answer_of(battle).state == "failed"
    assert breakers.resting([entry.pk]) == {entry.pk}
