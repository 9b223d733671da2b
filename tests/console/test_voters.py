"""The console's list of the voters who move the board."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from arena.models import AuditEntry, Choice, RatingSnapshot, VoterLink
from arena.models.audit import Action
from arena.scoring.cluster_intervals import cluster_intervals
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


def link(reviewer, voters, reason="The same desk, minute by minute."):
    sent = {"voters": [str(voter.pk) for voter in voters], "reason": reason}
    return reviewer.post("/manage/voters/link/", sent, follow=True)


def test_voters_who_are_one_person_are_counted_so_until_it_is_taken_back(voters):
    reviewer = member_of("review")
    told = link(reviewer, voters[:3]).text
    assert "2 voters count as another one" in told
    assert "The same desk, minute by minute." in told
    cluster_intervals(now=timezone.now())
    assert RatingSnapshot.objects.newest().voters == 2
    assert "They were one person already" in link(reviewer, voters[1:3]).text
    for voter in voters[1:3]:
        back = reviewer.post("/manage/voters/unlink/", {"voter": str(voter.pk)}, follow=True)
        assert "Taken back" in back.text
    assert "Counted as one person" not in back.text
    cluster_intervals(now=timezone.now())
    assert RatingSnapshot.objects.newest().voters == 4
    assert [entry.actor for entry in AuditEntry.objects.filter(action=Action.VOTERS_LINKED)] == ["ann"] * 4


@pytest.mark.parametrize(
    ("chosen", "reason", "sentence"),
    [(slice(1), "why", "Tick two voters or more."), (slice(2), "", "Write a reason first.")],
)
def test_what_is_missing_is_said_and_what_was_ticked_stays(voters, chosen, reason, sentence):
    page = link(member_of("review"), voters[chosen], reason)
    assert page.status_code == 422
    assert sentence in page.text
    assert page.text.count("checked") == len(voters[chosen])
    assert not VoterLink.objects.exists()


def test_the_command_line_says_the_same(voters):
    ids, out = [str(voter.pk) for voter in voters[:2]], StringIO()
    call_command("voters", "link", *ids, reason="one desk", stdout=out)
    call_command("voters", "list", stdout=out)
    call_command("voters", "unlink", ids[1], reason="two desks", stdout=out)
    said = out.getvalue()
    assert f"1 voters count as {ids[0]}" in said
    assert f"{ids[1]} counts as {ids[0]}: an operator's decision. one desk" in said
    assert f"{ids[1]} counts as itself" in said
    with pytest.raises(CommandError, match="counts as nobody else"):
        call_command("voters", "unlink", ids[1], reason="again")
