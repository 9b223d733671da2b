import random

import pytest
from django.utils import timezone

from arena.answers.conversation import request_for
from arena.battles.answer_again import answer_again
from arena.battles.blind import blind_battle
from arena.battles.continue_battle import CannotContinue, continue_battle
from arena.models import Answer, Battle, Choice
from arena.votes.cast import cast_vote
from arena.votes.policy import weight_of
from tests.factories import make_battle, write_answers

pytestmark = pytest.mark.django_db
RNG = random.Random(2)


def again(battle):
    answer_again(battle, rng=RNG, now=timezone.now())
    return write_answers(battle)


def follow_up(battle, text):
    continue_battle(battle, text, rng=RNG, now=timezone.now())
    return write_answers(battle)


def heard(battle):
    """What model A was given for its newest answer."""
    newest = Answer.objects.filter(turn__battle=battle, slot="a").order_by("pk").last()
    newest_is_unwritten = Answer.objects.filter(pk=newest.pk)
    newest_is_unwritten.update(state="pending")
    given = [message.content for message in request_for(newest).messages]
    newest_is_unwritten.update(state="done")
    return given


def test_the_same_two_answer_the_same_prompt_with_other_seeds():
    battle = again(make_battle(prompt="Why?"))
    first, second = battle.all_turns
    assert (second.user_text, second.replaces) == ("Why?", first)
    seeds = [answer.seed for turn in (first, second) for answer in turn.answers.all()]
    assert len(set(seeds)) == 4


def test_asking_again_twice_by_one_page_asks_once():
    battle = make_battle(prompt="Why?")
    turns = [answer_again(battle, number=2, rng=RNG, now=timezone.now()) for _ in range(2)]
    assert turns[0] == turns[1]


def test_answers_that_were_asked_for_again_are_in_no_context():
    battle = follow_up(again(again(make_battle(prompt="One"))), "Two")
    assert heard(battle) == ["One", "An answer.", "Two"]
    assert heard(again(battle)) == ["One", "An answer.", "Two"]


def test_the_page_shows_the_conversation_as_it_stands_and_keeps_the_rest():
    battle = again(again(make_battle(prompt="One")))
    (turn,) = blind_battle(battle, now=timezone.now()).turns
    assert (turn.number, turn.turns_left_out) == (3, 0)
    assert [earlier.number for earlier in turn.earlier] == [2, 1]


def test_a_vote_is_about_the_turns_that_stand_and_counts():
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle).update(text="Another one.")
    battle = again(Battle.objects.with_rows().get(pk=battle.pk))
    vote = cast_vote(battle, Choice.TIE, now=timezone.now())
    assert (vote.turns_seen, weight_of(vote)) == (1, 1.0)


def rule_of(battle):
    vote = cast_vote(battle, Choice.TIE, now=timezone.now())
    assert weight_of(vote) == 0
    return vote.exclusions.get().rule


def test_a_turn_that_was_stopped_takes_the_vote_off_the_board_though_others_replace_it():
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle).update(state="stopped", text="Half")
    assert rule_of(again(Battle.objects.with_rows().get(pk=battle.pk))) == "stopped"


def test_a_side_that_answers_the_same_again_tells_its_settings_so_the_vote_is_not_counted(client):
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot="b").update(text="Another one.")
    assert rule_of(again(Battle.objects.with_rows().get(pk=battle.pk))) == "same-answer"


def test_there_are_no_other_answers_while_the_last_are_being_written_or_after_the_vote():
    voted = make_battle()
    cast_vote(voted, Choice.TIE, now=timezone.now())
    for battle in (make_battle(is_answered=False), voted):
        with pytest.raises(CannotContinue):
            again(battle)
