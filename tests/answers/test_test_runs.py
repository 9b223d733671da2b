"""One answer outside of any battle, in this process and in an entry's worker."""

import threading
from itertools import count

import pytest

from arena.answers.advice import advice
from arena.answers.conversation import request_for
from arena.answers.test_run import EntryTestRun, run_test
from arena.answers.test_run_report import (
    LIFETIME_SECONDS,
    REPORT_EVERY_SECONDS,
    StoredTestRun,
    read_test_run,
    request_test_run,
    write_test_run,
)
from arena.backends import BACKENDS
from arena.backends.base import Completion, GenerationFailed, PromptTooLong, Unavailable
from arena.conf.redis_clients import client, key
from arena.models import Answer
from tests.factories import make_battle, make_entry, make_recorded
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db


class Scripted(ScriptedBackend):
    """Ten tokens in two pieces; keeps what it was asked, and calls what the test gave twice between them."""

    asked = []
    between = staticmethod(lambda: None)

    def script(self, request):
        Scripted.asked.append(request)
        yield "The sea "
        Scripted.between()
        yield ""
        Scripted.between()
        yield "breathes."
        return Completion("stop", 10)

    def count_tokens(self, request):
        return 5


class BreakingRun(Scripted):
    def script(self, request):
        yield "Half"
        raise GenerationFailed("ZEBRA-7 ran out of memory")


class Surprising(Scripted):
    def script(self, request):
        yield "Half"
        raise ZeroDivisionError("a bug")


@pytest.fixture(autouse=True)
def backends(monkeypatch):
    for name in ("Scripted", "BreakingRun", "Surprising"):
        monkeypatch.setitem(BACKENDS, name.lower(), f"{__name__}:{name}")
    Scripted.asked, Scripted.between = [], staticmethod(lambda: None)


def test_an_answer_and_its_times():
    seconds, pieces = count(), []
    run = run_test(make_entry(backend="scripted"), "Tides?", on_text=pieces.append, clock=lambda: next(seconds))
    assert run == EntryTestRun("The sea breathes.", 10, "stop", first_text_seconds=1, seconds=2)
    assert pieces == ["The sea ", "", "breathes."]
    assert str(run) == "1.00 s to the first token; 10 tokens in 2.00 s, 9.0 tok/s after the first; ended by itself"
    assert not Answer.objects.exists()


def test_where_tokens_are_not_counted_there_is_no_pace():
    run = run_test(make_entry(script="word"), "Hello")
    assert run.tokens_per_second is None
    assert "4 characters (nobody counted tokens)" in str(run)


def test_an_entry_is_asked_as_in_a_battle():
    entry = make_entry(
        backend="scripted", weights="some", prompt_template="plain", system_prompt="Rhyme.", temperature=0.1, top_p=0.5,
        max_new_tokens=7, options={"text": "x"},
    )  # fmt: skip
    battle = make_battle(entry, make_entry(), is_answered=False, prompt="Tides?")
    answer = Answer.objects.get(turn__battle=battle, slot="a")
    answer.seed = 0
    run_test(entry, "Tides?")
    assert Scripted.asked == [request_for(answer)]


def test_a_prompt_that_no_battle_would_take_is_too_long():
    with pytest.raises(PromptTooLong):
        run_test(make_entry(backend="scripted", context_tokens=11, max_new_tokens=7), "Tides?")
    assert Scripted.asked == []


@pytest.mark.parametrize(
    ("entry", "error", "words"),
    [
        (
            {"backend": "transformers", "weights": "some"},
            Unavailable("run `python manage.py prepare_models some`"),
            "On the machine of their worker: run `python manage.py prepare_models some`.",
        ),
        (
            {"backend": "openai", "options": {"base_url": "http://box/v1"}},
            Unavailable("x"),
            "check that it runs at http://box/v1",
        ),
        ({"backend": "openai"}, PromptTooLong("x"), "shorten the prompt"),
        ({"backend": "openai"}, GenerationFailed("x"), "the log of its worker"),
        ({"backend": "recorded"}, Unavailable("x"), "nothing to test"),
    ],
)
def test_each_error_says_what_to_do(entry, error, words):
    assert words in advice(make_entry(**entry), error)


def test_a_test_run_waits_until_its_worker_takes_it_and_is_then_done():
    entry = make_entry(backend="scripted", weights="some")
    run_id = request_test_run(entry, "Tides?")
    assert queued("host.some") == 1
    assert read_test_run(run_id) == StoredTestRun(entry.pk, "Tides?")
    write_test_run(run_id)
    report = read_test_run(run_id)
    assert (report.state, report.text, report.run.tokens) == ("done", "The sea breathes.", 10)


def test_the_text_is_shown_as_it_comes():
    seen = []
    run_id = request_test_run(make_entry(backend="scripted"), "Tides?")

    def look():
        seen.append(read_test_run(run_id))
        threading.Event().wait(REPORT_EVERY_SECONDS)

    Scripted.between = staticmethod(look)
    write_test_run(run_id)
    assert [(report.state, report.text) for report in seen] == [("writing", ""), ("writing", "The sea ")]


@pytest.mark.parametrize(
    ("backend", "advice", "cause"),
    [
        ("breakingrun", "broke while it wrote", "GenerationFailed: ZEBRA-7 ran out of memory"),
        ("nobody", "does not answer", "Unavailable: unknown backend 'nobody'"),
    ],
)
def test_a_failed_test_run_says_what_to_do_and_what_the_log_says(backend, advice, cause):
    run_id = request_test_run(make_entry(backend=backend), "Tides?")
    write_test_run(run_id)
    report = read_test_run(run_id)
    assert (report.state, advice in report.advice, cause in report.cause) == ("failed", True, True)


def test_a_bug_ends_the_report_and_reaches_the_log():
    run_id = request_test_run(make_entry(backend="surprising"), "Tides?")
    with pytest.raises(ZeroDivisionError):
        write_test_run(run_id)
    assert (read_test_run(run_id).state, read_test_run(run_id).text) == ("failed", "Half")


def test_a_worker_that_is_asked_to_end_says_so():
    run_id = request_test_run(make_entry(backend="scripted"), "Tides?")
    write_test_run(run_id, is_draining=lambda: True)
    assert "asked to end" in read_test_run(run_id).advice


def test_a_test_run_delivered_twice_is_written_once():
    run_id = request_test_run(make_entry(backend="scripted"), "Tides?")
    write_test_run(run_id)
    write_test_run(run_id)
    assert len(Scripted.asked) == 1


def test_a_report_is_forgotten_after_ten_minutes():
    run_id = request_test_run(make_entry(backend="scripted"), "Tides?")
    write_test_run(run_id)
    assert 0 < client().ttl(key(f"test_run:{run_id}")) <= LIFETIME_SECONDS == 600
    client().delete(key(f"test_run:{run_id}"))
    write_test_run(run_id)
    assert read_test_run(run_id) is None


def test_a_recorded_entry_has_nothing_to_test():
    entry = make_recorded("ZEBRA-7").recorded_answers.get().model
    run_id = request_test_run(entry, "Tides?")
    write_test_run(run_id)
    assert "nothing to test" in read_test_run(run_id).advice


def queued(queue):
    return client().llen(key(queue))
