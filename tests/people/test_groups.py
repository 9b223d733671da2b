"""Groups of voters, their boards, and rooms that are joined by a code."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.exports.board import export_board
from arena.history.forget import forget_voter
from arena.models import Choice, GroupMember, RatingSnapshot, Voter, VoterGroup
from arena.people.groups import follow_claims, join, leave, make_group, open_room
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_entry, make_voter

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def entries():
    return make_entry("Otter"), make_entry("Beaver")


@pytest.fixture
def group():
    return make_group("Class 7b", by="ann", now=NOW)


def cast(entries, voter, *, at=NOW, choice=Choice.MODEL_A):
    return cast_vote(make_battle(*entries, voter=voter), choice, now=at)


def people_of(group, how_many):
    voters = [make_voter() for _ in range(how_many)]
    for voter in voters:
        join(group, voter, now=NOW)
    return voters


def publish(now=NOW):
    publish_leaderboard(now=now)
    return RatingSnapshot.objects


def test_a_group_has_a_board_of_what_its_members_vote_while_they_are_in_it(entries, group):
    *_, leaver, comer = people_of(group, 6)
    late, stranger = make_voter(), make_voter()
    join(group, late, now=LATER)
    for voter in (*GroupMember.objects.values_list("voter", flat=True), stranger.pk):
        cast(entries, Voter.objects.get(pk=voter))
    leave(group, leaver, now=LATER)
    cast(entries, leaver, at=LATER)
    cast(entries, comer, at=LATER)
    boards = publish(LATER)
    assert boards.newest().votes == 10
    assert (boards.newest(group.category).votes, boards.newest(group.category).voters) == (7, 6)
    assert check_invariants(now=timezone.now()) == []


def test_the_board_of_a_group_outlives_new_rules_and_the_erasure_of_its_members(entries, group):
    voters = people_of(group, 5)
    for voter in voters:
        cast(entries, voter)
    before = [(row.model_id, row.lower) for row in publish().newest(group.category).rows()]
    for voter in voters[:4]:
        forget_voter(voter, now=NOW)
    RatingSnapshot.objects.update(policy="older")
    cast(entries, make_voter())
    after = publish().newest(group.category)
    assert [(row.model_id, pytest.approx(row.lower)) for row in after.rows()] == before
    assert check_invariants(now=timezone.now()) == []


def seen(client, category, snapshot):
    """Which of the addresses that show a board show this one."""
    addresses = [
        f"{reverse('leaderboard')}?category={category}",
        f"{reverse('charts')}?category={category}",
        f"/api/v1/leaderboard?category={category}",
        reverse("snapshot", args=[snapshot]),
    ]
    return [address for address in addresses if client.get(address).status_code == 200]


def test_nothing_is_shown_of_a_group_of_fewer_than_five_people(client, entries, group, tmp_path):
    for voter in people_of(group, 4):
        cast(entries, voter)
    few = publish().newest(group.category)
    assert seen(client, group.category, few.pk) == []
    assert "Class 7b" not in client.get(reverse("leaderboard")).text + client.get(reverse("overview")).text
    assert group.category not in export_board("board-csv", tmp_path).read_text()
    cast(entries, people_of(group, 1)[0])
    enough = publish().newest(group.category)
    assert len(seen(client, group.category, enough.pk)) == 4
    assert client.get(reverse("snapshot", args=[few.pk])).status_code == 404
    assert "Class 7b" in client.get(reverse("leaderboard")).text
    assert group.category in export_board("board-csv", tmp_path).read_text()


def test_groups_follow_what_the_sign_in_provider_says(group):
    law = make_group("Law", claim="dept-law", by="ann", now=NOW)
    arts = make_group("Arts", claim="dept-arts", by="ann", now=NOW)
    voter = make_voter()
    join(group, voter, now=NOW)
    for claims in (["dept-law", "unknown"], ["dept-arts"]):
        follow_claims(voter, claims, now=NOW)
    assert set(GroupMember.objects.filter(until=None).values_list("group", flat=True)) == {group.pk, arts.pk}
    assert GroupMember.objects.get(group=law).until is not None


def test_a_guest_joins_a_room_by_its_code_without_an_account(client, entries):
    room = open_room("Open day", closes_at=LATER, by="ann", now=NOW)
    code = room.join_code
    written = f"{code[:4]}-{code[4:]} ".upper()
    address = client.get("/room/", {"code": written}).url
    assert address == f"/room/{code}/"
    assert "Whoever joins" in client.get(address).text
    assert client.cookies.get("voter") is None
    page = client.post(address, follow=True).text
    assert "You are in this room" in page
    assert "appears when five people have voted" in page
    client.post(address)
    voter = GroupMember.objects.get().voter
    cast(entries, voter, at=LATER - timedelta(seconds=1))
    cast(entries, voter, at=LATER)
    assert publish(LATER).newest(room.category).votes == 1


@pytest.mark.parametrize("code", ["", "---", "abcdefgh", "\0"])
def test_a_wrong_code_is_told_and_kept(client, code):
    make_group("No room", by="ann", now=NOW)
    page = client.get("/room/", {"code": code})
    assert page.status_code == (404 if code else 200)
    assert ("No open room has this code" in page.text) == bool(code)


def test_an_operator_opens_a_room_and_closes_it(client):
    operator = member_of("operate")
    page = operator.post("/manage/groups/rooms/", {"name": "Open day", "hours": "2"}, follow=True).text
    room = VoterGroup.objects.get()
    assert room.join_code in page
    assert "under five" in page
    assert client.get(f"/room/{room.join_code}/").status_code == 200
    assert "is closed" in operator.post("/manage/groups/close/", {"room": room.slug}, follow=True).text
    assert client.get(f"/room/{room.join_code}/").status_code == 404


@pytest.mark.parametrize(
    ("address", "sent", "sentence"),
    [
        ("/manage/groups/rooms/", {"name": "Open day", "hours": "0"}, "Write a number of hours"),
        ("/manage/groups/rooms/", {"hours": "3"}, "Write a name first."),
        ("/manage/groups/add/", {"claim": "dept-law"}, "Write a name first."),
    ],
)
def test_what_is_wrong_in_a_form_is_told_beside_it(address, sent, sentence):
    page = member_of("operate").post(address, sent)
    assert page.status_code == 422
    assert sentence in page.text
    assert all(f'value="{value}"' in page.text for value in sent.values())


def test_two_groups_of_one_name_have_two_boards(group):
    again = make_group("Class 7b", by="ann", now=NOW)
    assert again.category != group.category
