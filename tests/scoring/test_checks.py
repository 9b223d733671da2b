"""What a board's votes say of its own firmness, and the page that tells it."""

import random
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from arena.models import Choice, RatingSnapshot
from arena.scoring.checks import EVERY, check_newest_board, checks_of
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_voter
from tests.made_once import made_once

pytestmark = pytest.mark.django_db

NOW = timezone.now()
PAGE = "/transparency/replication/"


@pytest.fixture
@made_once
def votes():
    """Six people with a favourite each, who vote on three prompts about two models, and the board of them."""
    rng, (first, second) = random.Random(2), (make_entry("Marten"), make_entry("Stoat"))
    cast = []
    for number in range(6):
        voter, favourite = make_voter(), first if number < 4 else second
        for prompt in ("Name a tree.", "Explain rust.", "What is a loom?") * 4:
            liked = Choice.MODEL_A if favourite == first else Choice.MODEL_B
            choice = liked if rng.random() < 0.8 else rng.choice(list(Choice))
            cast.append(cast_vote(make_battle(first, second, voter=voter, prompt=prompt), choice, now=NOW))
    publish_leaderboard(now=NOW)
    return cast


def test_halves_of_people_and_the_people_who_hold_up_rank_1_are_told(client, votes):
    checked = check_newest_board(now=NOW)
    found = checks_of(RatingSnapshot.objects.newest_checked())
    assert checked == RatingSnapshot.objects.newest()
    assert (found.people.clusters, found.people.splits, found.prompts) == (6, 40, None)
    assert found.people.contradictions <= found.people.independent
    assert 1 <= found.rank_one.voters <= 3
    cache.clear()  # the numbers of the page before may be a minute old
    page = client.get(PAGE).content.decode()
    assert f"{found.people.contradictions:.1f}%" in page
    assert "would yield rank 1 to Stoat" in page
    assert client.get("/transparency.json").json()["rank_one_people"]["successor"] == "Stoat"


def test_it_is_the_same_for_the_same_votes_and_asked_once_in_a_while(votes):
    first = check_newest_board(now=NOW).checks
    assert check_newest_board(now=NOW + 2 * EVERY) is None
    RatingSnapshot.objects.update(checks=None)
    assert check_newest_board(now=NOW).checks == first
    battle = votes[0].battle
    cast_vote(make_battle(battle.model_a, battle.model_b, voter=make_voter()), Choice.TIE, now=NOW)
    publish_leaderboard(now=NOW + timedelta(minutes=1))
    assert check_newest_board(now=NOW + timedelta(minutes=2)) is None
    assert check_newest_board(now=NOW + EVERY).votes == len(votes) + 1


def test_a_board_without_its_own_intervals_is_not_asked(votes):
    RatingSnapshot.objects.update(clustered_at=None)
    assert check_newest_board(now=NOW) is None


@pytest.mark.parametrize("votes_cast", [0, 1])
def test_before_there_is_enough_the_page_says_what_is_missing(client, votes_cast):
    for _ in range(votes_cast):
        cast_vote(make_battle(), Choice.TIE, now=NOW)
    publish_leaderboard(now=NOW)
    check_newest_board(now=NOW)
    page = client.get(PAGE).content.decode()
    assert ("too few people" if votes_cast else "Nobody has asked yet") in page
