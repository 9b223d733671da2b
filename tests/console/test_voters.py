"""The console's list of the voters who move the board."""

import re

import pytest
from django.utils import timezone

from arena.models import Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_entry, make_voter

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def voters():
    """Three who see two models alike, and one who saw them often and only ever wanted the second."""
    first, second = make_entry("Marten"), make_entry("Stoat")
    people = [make_voter() for _ in range(4)]
    for voter in people:
        for choice in (Choice.MODEL_A, Choice.MODEL_B) * 4 if voter != people[-1] else (Choice.MODEL_B,) * 6:
            cast_vote(make_battle(first, second, voter=voter), choice, now=NOW)
    publish_leaderboard(now=NOW)
    return people


def test_who_moves_the_board_most_stands_first_with_the_way_to_the_votes(voters):
    reviewer = member_of("review")
    page = reviewer.get("/manage/voters/").text
    listed = re.findall(r"\?voter=([0-9a-f-]{36})", page)
    assert listed[0] == str(voters[-1].pk)
    assert sorted(listed) == sorted(str(voter.pk) for voter in voters)
    assert len(re.findall(r'name="vote"', reviewer.get(f"/manage/votes/?voter={listed[0]}").text)) == 6


def test_before_two_people_have_voted_the_page_says_what_it_takes():
    reviewer = member_of("review")
    assert "It takes two voters" in reviewer.get("/manage/voters/").text
    cast_vote(make_battle(), Choice.TIE, now=NOW)
    publish_leaderboard(now=NOW)
    assert "It takes two voters" in reviewer.get("/manage/voters/").text


@pytest.mark.parametrize("permission", ["play", "analyse", "operate"])
def test_only_who_may_review_votes_sees_it(permission):
    assert member_of(permission).get("/manage/voters/").status_code == 403
