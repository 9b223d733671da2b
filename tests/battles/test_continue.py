import random

import pytest
from django.utils import timezone

from arena.answers.conversation import TooLongForTheWindow, request_for
from arena.backends import BACKENDS
from arena.backends.base import Completion
from arena.battles.answer_again import answer_again
from arena.battles.continue_battle import CannotContinue, continue_battle
from arena.battles.start import start_battle
from arena.models import Answer, Battle, Turn
from arena.models.battles import BattleKind
from tests.factories import make_battle, make_entry, make_voter, write_answers
from tests.parallel import in_parallel
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db


class EchoBackend(ScriptedBackend):
    """Counts a token a word, and answers with all that it was shown."""

    def count_tokens(self, request):
        return sum(len(message.content.split()) for message in request.messages)

    def script(self, request):
        yield " / ".join(message.content for message in request.messages)
        return Completion("stop", 1)


@pytest.fixture(autouse=True)
def echo_backend(monkeypatch):
    monkeypatch.setitem(BACKENDS, "echo", f"{__name__}:EchoBackend")


def echo(window, **fields):
    return make_entry(backend="echo", context_tokens=window, max_new_tokens=2, **fields)


def go_on(battle, text):
    turn = continue_battle(battle, text, rng=random.Random(1), now=timezone.now())
    Answer.objects.filter(turn=turn).update(state="done", finished_at=timezone.now(), text="short answer")
    return turn


def test_each_model_sees_its_own_side_and_its_system_prompt():
    battle = make_battle(echo(100, system_prompt="be left"), echo(100), prompt="first")
    Answer.objects.filter(turn__battle=battle, slot="a").update(text="left said")
    Answer.objects.filter(turn__battle=battle, slot="b").update(text="right said")
    continue_battle(battle, "second", rng=random.Random(1), now=timezone.now())
    write_answers(battle)
    texts = {a.slot: a.text for a in Answer.objects.filter(turn__battle=battle, turn__number=2)}
    assert texts == {"a": "be left / first / left said / second", "b": "first / right said / second"}


def test_the_oldest_turns_are_dropped_alike_for_both_when_one_window_is_full():
    battle = make_battle(echo(12), echo(1000), prompt="one two three")
    assert go_on(battle, "four five").first_turn_in_window == 1
    turn = go_on(battle, "six seven eight nine")
    assert turn.first_turn_in_window == 2
    for answer in turn.answers.all():
        assert request_for(answer).messages[0].content == "four five"


def test_answers_that_were_asked_for_again_take_no_room_in_the_window():
    battle = make_battle(echo(12), echo(1000), prompt="one two three")
    for _ in range(2):
        answer_again(battle, rng=random.Random(1), now=timezone.now())
        Answer.objects.filter(turn__battle=battle).update(state="done", text="short answer")
    assert go_on(battle, "four five").first_turn_in_window == 3
    assert go_on(battle, "six seven eight nine").first_turn_in_window == 4


def test_a_prompt_that_fits_no_window_alone_is_refused_before_anything_is_stored():
    battle = make_battle(echo(12), echo(1000))
    with pytest.raises(TooLongForTheWindow):
        continue_battle(battle, "word " * 11, rng=random.Random(1), now=timezone.now())
    assert Turn.objects.filter(battle=battle).count() == 1


def test_the_smallest_window_of_all_entries_decides_so_that_a_refusal_tells_nothing():
    echo(1000), echo(1000), echo(5)
    for seed in range(6):
        with pytest.raises(TooLongForTheWindow):
            start_battle(make_voter(), "one two three four", rng=random.Random(seed), now=timezone.now())
    assert not Battle.objects.exists()


def test_a_follow_up_is_refused_to_all_pairs_alike_so_that_nobody_learns_who_answers():
    battle = make_battle(echo(1000), echo(1000))
    echo(5)
    with pytest.raises(TooLongForTheWindow):
        continue_battle(battle, "one two three four", rng=random.Random(1), now=timezone.now())
    assert Turn.objects.filter(battle=battle).count() == 1


def test_a_conversation_with_chosen_models_has_their_windows():
    echo(5)
    battle = make_battle(echo(1000), echo(1000))
    Battle.objects.filter(pk=battle.pk).update(kind=BattleKind.SIDE_BY_SIDE)
    assert go_on(battle, "one two three four").number == 2


@pytest.mark.parametrize("state", ["pending", "streaming", "failed"])
def test_nobody_goes_on_before_both_answers_ended_well(state):
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot="a").update(state=state)
    with pytest.raises(CannotContinue):
        continue_battle(battle, "more", rng=random.Random(1), now=timezone.now())


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_of_parallel_follow_ups_one_goes_on():
    battle = make_battle()
    rng, now = random.Random(1), timezone.now()
    outcomes = in_parallel(12, lambda number: continue_battle(battle, f"prompt {number}", rng=rng, now=now))
    assert sum(isinstance(outcome, CannotContinue) for outcome in outcomes) == 11
    assert Turn.objects.filter(battle=battle).count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_a_follow_up_that_is_sent_often_is_one_turn():
    battle = make_battle()
    rng, now = random.Random(1), timezone.now()
    turns = in_parallel(8, lambda _: continue_battle(battle, "And then?", number=2, rng=rng, now=now))
    assert {turn.pk for turn in turns} == {Turn.objects.get(battle=battle, number=2).pk}
    with pytest.raises(CannotContinue):
        continue_battle(battle, "Other words", number=2, rng=rng, now=now)


def test_a_remote_entry_is_asked_without_local_files_and_a_local_one_with_them():
    remote = make_entry(backend="openai", options={"base_url": "http://127.0.0.1:1/v1", "model": "x"})
    local = make_entry(backend="transformers", weights="some", adapter="lora", options={})
    battle = make_battle(remote, local, is_answered=False)
    a, b = (request_for(answer).options for answer in battle.all_turns[0].answers.all())
    assert (set(a), b) == ({"base_url", "model"}, {"weights": "some", "adapter": "lora"})
