from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from arena.battles.blind import reveal
from arena.battles.stop import leave_battle
from arena.models import Answer, Battle, Choice, PendingVote, Vote
from arena.models.append_only import FactsAreAppendOnly
from arena.votes.cast import CannotVote, VotedOtherwise, cast_vote
from arena.votes.policy import weight_of
from tests.factories import exclude_vote, make_battle, make_entry
from tests.parallel import in_parallel

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def vote(battle, choice=Choice.MODEL_A):
    return cast_vote(battle, choice, now=timezone.now())


def named_battle(said):
    small = make_entry("SmolLM2 135M, brief", slug="small", organisation="Hugging Face")
    battle = make_battle(make_entry("Okapi 7B", slug="okapi"), small)
    Answer.objects.filter(turn__battle=battle, slot="b").update(text=said)
    return battle


def test_a_vote_is_stored_with_what_cannot_be_had_later():
    cast = vote(make_battle())
    assert (cast.turns_seen, cast.elo_a, cast.elo_b, cast.source) == (1, 1000.0, 1000.0, "human")
    assert cast.dwell_seconds >= 0
    assert PendingVote.objects.get().vote == cast


def test_the_same_vote_again_is_the_same_vote():
    battle = make_battle()
    assert vote(battle) == vote(battle)
    assert PendingVote.objects.count() == 1


@pytest.mark.parametrize(
    "said",
    [
        "Hello! I'm SmolLM, how can I help?",
        "I am an AI model named smollm2, and glad to be.",
        "I was trained by Hugging Face.",
        "저는 SmolLM입니다.",
        "저는 Hugging Face에서 만든 모델입니다.",
        "My name is Okapi.",
    ],
)
def test_a_vote_on_an_answer_that_says_who_wrote_it_is_kept_and_not_counted(said):
    battle = named_battle(said)
    cast = vote(battle)
    assert (weight_of(cast), cast.exclusions.get().rule) == (0.0, "identity")
    assert not reveal(battle, cast).is_counted


@pytest.mark.parametrize(
    "said",
    [
        "An okapi is a relative of the giraffe.",
        "I am a helpful assistant. Hugging Face is a company.",
        "Models such as SmolLM2 are small.",
        "I am okapilike.",
    ],
)
def test_a_vote_on_an_answer_that_only_speaks_of_a_name_counts(said):
    assert weight_of(vote(named_battle(said))) == 1.0


def test_a_vote_on_an_answer_that_claims_a_third_name_is_kept_and_not_counted():
    cast = vote(named_battle("I am ChatGPT, a large language model."))
    assert (weight_of(cast), cast.exclusions.get().rule) == (0.0, "other-name")


def test_an_alias_of_an_entry_says_who_wrote_as_its_name_does():
    battle = named_battle("My name is Pebble.")
    battle.model_a.aliases.create(name="pebble")
    cast = vote(battle)
    assert (cast.exclusions.get().rule, cast.exclusions.get().rule_version) == ("identity", "2")


def test_a_yes_to_a_prompt_that_asks_for_the_name_is_no_blind_answer():
    battle = named_battle("Yes, I am.")
    battle.turns.update(user_text="Are you SmolLM?")
    assert vote(Battle.objects.get(pk=battle.pk)).exclusions.get().rule == "identity"


def test_another_choice_on_a_voted_battle_is_refused():
    battle = make_battle()
    first = vote(battle)
    with pytest.raises(VotedOtherwise) as refusal:
        vote(battle, Choice.TIE)
    assert refusal.value.vote == first


@pytest.mark.parametrize("state", ["pending", "streaming", "failed"])
def test_there_is_no_vote_while_an_answer_has_not_ended_well(state):
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot="b").update(state=state)
    with pytest.raises(CannotVote):
        vote(battle)


def test_there_is_no_vote_on_a_battle_that_is_a_day_old_or_left():
    old = make_battle(now=timezone.now() - timedelta(hours=25))
    left = make_battle()
    type(left).objects.filter(pk=left.pk).update(left_at=timezone.now())
    for battle in (old, left):
        with pytest.raises(CannotVote):
            vote(battle)


def test_votes_and_exclusions_are_never_changed_or_deleted():
    cast = vote(make_battle())
    exclusion = exclude_vote(cast, rule="test", by="a test", now=timezone.now())
    for fact in (cast, exclusion):
        with pytest.raises(FactsAreAppendOnly):
            fact.save()
        with pytest.raises(FactsAreAppendOnly):
            fact.delete()
        with pytest.raises(FactsAreAppendOnly):
            type(fact).objects.all().delete()  # type: ignore[misc]  # one of two managers


def test_the_database_itself_refuses_to_change_a_vote():
    vote(make_battle())
    with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE arena_vote SET choice = 'tie'")


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_votes_on_one_battle_leave_one_row():
    battle = make_battle(make_entry(), make_entry())
    outcomes = in_parallel(50, lambda number: vote(battle, list(Choice)[number % 4]))
    stored = Vote.objects.get()
    for outcome in outcomes:
        assert outcome == stored or (isinstance(outcome, VotedOtherwise) and outcome.vote == stored)
    assert PendingVote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_battle_is_either_voted_on_or_left():
    for battle in [make_battle() for _ in range(10)]:
        actions = (partial(vote, battle), partial(leave_battle, battle, now=timezone.now()))
        in_parallel(2, lambda number: actions[number]())  # noqa: B023  it is called in this round
        battle.refresh_from_db()
        assert Vote.objects.filter(battle=battle).exists() != (battle.left_at is not None)
