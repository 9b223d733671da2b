"""An entry that keeps failing leaves the draw and comes back by a probe."""

import random
from datetime import timedelta
from time import time

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from arena import queues
from arena.answers import breakers
from arena.answers.generate import generate_answer
from arena.answers.probe import probe_entry, probe_resting_entries
from arena.answers.recover import ASK_AFTER, recover_stalled_answers
from arena.backends import BACKENDS
from arena.backends.base import GenerationFailed, Piece, PromptTooLong, Rejected
from arena.backends.breaker import OPEN_SECONDS, Breaker
from arena.battles.start import NotEnoughEntries, start_battle
from arena.conf import redis_clients
from arena.entries.states import examine_entry, resume_entry
from arena.models import Answer
from tests.factories import make_battle, make_entry, make_voter, write_answers
from tests.parallel import in_parallel
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db


class SmallWindow(ScriptedBackend):
    """Has no room for any prompt."""

    def script(self, request):
        yield ""
        raise PromptTooLong("no room")


def is_resting(entry):
    return breakers.resting([entry.pk]) == {entry.pk}


def rest(entry, *, for_seconds=0.0):
    breakers._change(entry.pk, lambda _: Breaker(opened_at=time() - for_seconds))


def test_three_failed_answers_in_a_minute_take_an_entry_out_of_the_draw():
    broken, well, other = make_entry(backend="broken"), make_entry(), make_entry()
    for _ in range(3):
        assert not is_resting(broken)
        write_answers(make_battle(broken, well, is_answered=False))
    assert is_resting(broken)
    for seed in range(20):
        battle = start_battle(make_voter(), "Hello", rng=random.Random(seed), now=timezone.now())
        assert {battle.model_a, battle.model_b} == {well, other}


def test_prompts_that_are_too_long_say_nothing_about_the_entry(monkeypatch):
    monkeypatch.setitem(BACKENDS, "small-window", f"{__name__}:SmallWindow")
    entry = make_entry(backend="small-window")
    for _ in range(4):
        write_answers(make_battle(entry, is_answered=False))
    assert not is_resting(entry)


class Rejecting(ScriptedBackend):
    """Takes no prompt that holds a word of `refuses`."""

    refuses = ("",)

    def script(self, request):
        if any(word in request.messages[-1].content for word in self.refuses):
            raise Rejected("the server answered 400: Unsupported parameter: 'top_p'")
        yield "Well."


class Choosy(Rejecting):
    refuses = ("secret",)


@pytest.mark.parametrize("backend", ["Rejecting", "Choosy"])
def test_what_is_rejected_is_asked_again_with_a_prompt_of_ours_before_anyone_is_blamed(monkeypatch, backend):
    monkeypatch.setitem(BACKENDS, backend, f"{__name__}:{backend}")
    entry = make_entry(backend=backend)
    for _ in range(4):
        write_answers(make_battle(entry, is_answered=False, prompt="Tell me a secret."))
    assert not is_resting(entry)
    examine_entry(entry.pk)
    entry.refresh_from_db()
    is_to_blame = backend == "Rejecting"
    assert (entry.state == "broken", is_resting(entry)) == (is_to_blame, is_to_blame)
    assert ("top_p" in entry.broken_because) == is_to_blame


class Thoughtful(ScriptedBackend):
    def script(self, request):
        yield Piece(thoughts="They greet me.")
        raise GenerationFailed("said nothing")


def test_thoughts_are_enough_of_an_answer_to_a_probe(monkeypatch):
    monkeypatch.setitem(BACKENDS, "thoughtful", f"{__name__}:Thoughtful")
    entry = make_entry(backend="thoughtful")
    rest(entry)
    probe_entry(entry.pk)
    assert not is_resting(entry)


def test_with_one_entry_left_no_battle_begins():
    broken, _well = make_entry(), make_entry()
    rest(broken)
    with pytest.raises(NotEnoughEntries):
        start_battle(make_voter(), "Hello", rng=random.Random(1), now=timezone.now())


def test_a_probe_that_is_answered_brings_it_back_and_another_does_not():
    well, broken = make_entry(), make_entry(backend="broken")
    for entry in (well, broken):
        rest(entry)
        probe_entry(entry.pk)
    assert (is_resting(well), is_resting(broken)) == (False, True)


def test_probes_go_to_the_workers_of_those_that_have_rested_long_enough_once():
    rested, fresh, well = make_entry(weights="some"), make_entry(weights="others"), make_entry()
    rest(rested, for_seconds=OPEN_SECONDS)
    rest(fresh)
    probe_resting_entries()
    probe_resting_entries()
    assert redis_clients.client().llen(redis_clients.key("host.some")) == 1
    assert queues.is_empty("host.others")
    assert queues.is_empty("remote")
    assert not is_resting(well)


def test_an_operator_who_resumes_an_entry_ends_its_rest():
    entry = make_entry()
    rest(entry)
    resume_entry(entry)
    assert not is_resting(entry)


def test_while_redis_is_away_every_entry_is_drawn(no_redis):
    entry = make_entry()
    breakers.answer_failed(entry.pk)
    assert not is_resting(entry)


@pytest.mark.parametrize("serves", ["", "host.others"], ids=["nobody can be asked", "others answer"])
def test_an_answer_whose_queue_nobody_serves_fails_and_its_entry_rests(serves):
    entry, now = make_entry(weights="some"), timezone.now()
    battle = make_battle(entry, is_answered=False, now=now - ASK_AFTER - timedelta(seconds=1))
    recover_stalled_answers(now=now, served=lambda: {serves: ["node"]} if serves else {})
    answer = Answer.objects.get(turn__battle=battle, slot="a")
    assert (answer.state == "failed", is_resting(entry)) == (bool(serves), bool(serves))


def test_failures_at_one_moment_are_all_counted():
    entry = make_entry()
    in_parallel(3, lambda _: breakers.answer_failed(entry.pk))
    assert is_resting(entry)


def test_an_answer_that_fails_once_is_no_reason_to_rest():
    entry = make_entry(backend="broken")
    battle = make_battle(entry, is_answered=False)
    async_to_sync(generate_answer)(Answer.objects.get(turn__battle=battle, slot="a").pk)
    assert not is_resting(entry)


def test_a_worker_that_replies_too_late_once_is_not_taken_for_gone():
    now = timezone.now()
    battle = make_battle(is_answered=False, now=now - timedelta(seconds=40))
    replies = iter([{"default": ["node"]}, {"default": ["node"], **{a.queue: ["busy"] for a in Answer.objects.all()}}])
    recover_stalled_answers(now=now, served=lambda: next(replies))
    assert {answer.state for answer in Answer.objects.filter(turn__battle=battle)} == {"pending"}
