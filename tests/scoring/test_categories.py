"""A vote is on the board of each category of its battle, and each of these boards follows from its votes."""

import random

import numpy as np
import pytest
from django.utils import timezone

from arena.history.forget import forget_voter
from arena.models import Choice, CountedVote, RatingSnapshot
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.scoring.vote_features import unpacked
from arena.votes.cast import cast_vote
from ratings.style import normalised_differences, style_counts
from tests.factories import exclude_vote, make_battle, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CODE, PROSE, KOREAN = "Write a Python function that sorts a list.", "Why is the sky blue?", "바다는 왜 짠가요?"


@pytest.fixture
def entries():
    return [make_entry() for _ in range(4)]


def cast(pair, prompt=PROSE, choice=Choice.MODEL_A, **battle):
    return cast_vote(make_battle(*pair, prompt=prompt, **battle), choice, now=timezone.now())


def publish():
    return publish_leaderboard(now=timezone.now())


def votes_on(category):
    board = RatingSnapshot.objects.newest(category)
    return board.votes if board else None


def test_a_vote_is_on_the_boards_of_its_categories_and_on_no_other(entries):
    cast(entries[:2], CODE)
    cast(entries[:2], KOREAN)
    cast(entries[1:3], PROSE, Choice.TIE)
    publish()
    counts = {key: votes_on(key) for key in ("overall", "no_ties", "code", "english", "korean", "german", "math")}
    assert counts == {"overall": 3, "no_ties": 2, "code": 1, "english": 2, "korean": 1, "german": None, "math": None}
    assert {row.model for row in RatingSnapshot.objects.newest("code").ratings.all()} == set(entries[:2])
    assert check_invariants(now=timezone.now()) == []


def test_a_board_stands_until_a_vote_of_its_own(entries):
    cast(entries[:2], CODE)
    publish()
    before = RatingSnapshot.objects.newest("code")
    cast(entries[:2], KOREAN)
    publish()
    assert RatingSnapshot.objects.newest("code") == before
    assert votes_on("overall") == 2


def test_boards_of_many_small_rounds_are_those_of_all_votes_at_once(entries):
    rng = random.Random(5)
    for number in range(20):
        cast(rng.sample(entries, 2), rng.choice([CODE, PROSE, KOREAN]), rng.choice(list(Choice)))
        if number % 3 == 0:
            publish()
    publish()
    assert check_invariants(now=timezone.now()) == []


def test_an_excluded_vote_leaves_every_board_that_it_is_on(entries):
    vote = cast(entries[:2], CODE)
    cast(entries[:2], CODE, Choice.MODEL_B)
    publish()
    exclude_vote(vote, rule="test", by="a test", now=timezone.now())
    publish()
    assert {key: votes_on(key) for key in ("overall", "no_ties", "code", "english")} == {
        "overall": 1,
        "no_ties": 1,
        "code": 1,
        "english": 1,
    }
    assert check_invariants(now=timezone.now()) == []


def test_other_rules_sort_the_votes_that_were_counted_by_older_ones(entries, settings):
    cast(entries[:2], CODE)
    cast(entries[:2], PROSE)
    publish()
    digest = RatingSnapshot.objects.newest().digest
    settings.CATEGORIES = "tests.scoring.other_rules"
    renewed = publish()
    assert (renewed.digest, "other-1" in renewed.policy) == (digest, True)
    assert (votes_on("question"), votes_on("english")) == (1, 0)
    assert check_invariants(now=timezone.now()) == []
    assert publish() is None


def test_erased_texts_leave_their_categories_behind(entries):
    vote = cast(entries[:2], CODE)
    publish()
    forget_voter(vote.voter, now=timezone.now())
    RatingSnapshot.objects.update(policy="older")
    publish()
    assert votes_on("code") == 1
    assert check_invariants(now=timezone.now()) == []


def test_the_style_of_the_answers_is_kept_with_the_vote(entries):
    battle = make_battle(*entries[:2])
    texts = {"a": "# Title\n\nSome **bold** words and more of them.", "b": "Few words."}
    for answer in battle.turns.get().answers.all():
        answer.text = texts[answer.slot]
        answer.save()
    cast_vote(battle, Choice.TIE, now=timezone.now())
    publish()
    expected = normalised_differences(style_counts([texts["a"]]), style_counts([texts["b"]]))
    assert np.allclose(unpacked([bytes(CountedVote.objects.get().style)]), expected, atol=1e-6)
