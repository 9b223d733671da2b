"""The doors by which an operator takes votes off the board and puts them back."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.models import Choice, RatingSnapshot, Vote, VoteExclusion
from arena.scoring.check_invariants import check_invariants
from arena.scoring.preview import preview_board
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.policy import weight_of
from tests.factories import make_battle, make_entry, make_voter
from tests.made_once import made_once
from tests.pages import compact

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
@made_once
def pusher():
    """One who pushes TAPIR-3 with nine votes, beside six votes of many on three entries."""
    zebra, okapi, tapir = (make_entry(name) for name in ("ZEBRA-7", "OKAPI-9", "TAPIR-3"))
    pusher = make_voter()
    for choice in ("model_a", "model_b", "tie"):
        for a, b in ((zebra, okapi), (okapi, tapir)):
            cast_vote(make_battle(a, b), Choice(choice), now=timezone.now())
    for _ in range(9):
        cast_vote(make_battle(tapir, zebra, voter=pusher), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return pusher


def votes(*arguments):
    out = StringIO()
    call_command("votes", *map(str, arguments), stdout=out)
    return out.getvalue()


def board():
    return {row.model.display_name: (row.rating, row.votes) for row in RatingSnapshot.objects.newest().rows()}


@pytest.mark.usefixtures("pusher")
def test_votes_of_one_voter_leave_the_board_and_come_back(pusher):
    before = board()
    chosen = ("--voter", pusher.pk, "--yes")
    assert "9 votes weigh 0 from the next board on." in votes("exclude", *chosen, "--reason", "one model only")
    publish_leaderboard(now=timezone.now())
    assert {name: votes for name, (_, votes) in board().items()} == {"ZEBRA-7": 3, "OKAPI-9": 6, "TAPIR-3": 3}
    assert "9 votes weigh 1" in votes("restore", *chosen, "--reason", "a mistake")
    publish_leaderboard(now=timezone.now())
    assert board() == pytest.approx(before)
    assert check_invariants(now=timezone.now()) == []


@pytest.mark.usefixtures("pusher")
def test_the_preview_is_the_board_that_comes(pusher):
    preview = {change.name: change.after for change in preview_board(pusher.votes.all(), weight=0.25)}
    shown = votes("exclude", "--voter", pusher.pk, "--weight", 0.25, "--reason", "doubtful", "--yes")
    publish_leaderboard(now=timezone.now())
    rows = {row.model.display_name: row for row in RatingSnapshot.objects.newest().rows()}
    assert {"TAPIR-3", "ZEBRA-7"} <= preview.keys()
    for name, expected in preview.items():
        row = rows[name]
        assert (expected.rating, expected.lower) == pytest.approx((row.rating, row.lower))
        assert f"-> {row.ranks}, {row.rating:.0f}, {row.votes:g}" in shown


@pytest.mark.usefixtures("pusher")
def test_a_dry_run_shows_the_board_and_changes_nothing(pusher):
    shown = votes("exclude", "--voter", pusher.pk, "--reason", "a look", "--dry-run")
    assert "9 votes would weigh 0." in shown
    assert "TAPIR-3: " in shown
    assert "Nothing has changed." in shown
    assert not VoteExclusion.objects.exists()


@pytest.mark.usefixtures("pusher")
def test_votes_are_chosen_by_battle_source_and_period():
    vote = Vote.objects.order_by("pk").first()
    soon = (vote.cast_at + timedelta(microseconds=1)).isoformat()
    assert "1 votes weigh 0" in votes("exclude", "--battle", vote.battle_id, "--reason", "r", "--yes")
    assert "1 votes weigh 1" in votes("restore", "--rule", "operator", "--reason", "r", "--yes")
    assert "1 votes weigh 0" in votes("exclude", "--until", soon, "--reason", "r", "--yes")
    again = votes("exclude", "--source", "human", "--reason", "r", "--yes")
    assert "14 votes weigh 0 from the next board on; 1 did before." in again
    assert {exclusion.evidence["reason"] for exclusion in VoteExclusion.objects.all()} == {"r"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--yes"], "Say which votes: give at least one of --battle"),
        (["--source", "nowhere", "--yes"], "There is no source 'nowhere'. These are there: human, api, imported."),
        (["--until", "1999-01-01", "--yes"], "No vote meets these conditions, so nothing has changed."),
        (["--since", "1999-01-01"], "Nobody is here to confirm: give --yes"),
        (["--since", "yesterday"], "'yesterday' is no time: write 2026-11-01"),
        (["--voter", "me"], "'me' is no id"),
        (["--weight", "2", "--since", "1999-01-01"], "'2' is no number from 0 to 1"),
    ],
)
@pytest.mark.usefixtures("pusher")
def test_what_cannot_be_done_is_said_and_nothing_changes(arguments, sentence):
    with pytest.raises(CommandError) as refused:
        votes("exclude", "--reason", "r", *arguments)
    assert sentence in str(refused.value)
    assert not VoteExclusion.objects.exists()


def post(client, action, chosen, **fields):
    posted = {"action": action, "_selected_action": [vote.pk for vote in chosen]} | fields
    return client.post("/admin/arena/vote/", posted, follow=True).content.decode()


@pytest.mark.usefixtures("pusher")
def test_staff_exclude_and_restore_votes_on_the_page_of_votes(admin_client, admin_user, pusher):
    chosen = list(pusher.votes.all())
    page = post(admin_client, "exclude_chosen", chosen)
    assert "9 votes would not count any more" in compact(page)
    assert "TAPIR-3" in page
    assert not VoteExclusion.objects.exists()
    assert "Write a reason first." in post(admin_client, "exclude_chosen", chosen, confirmed="1", reason=" ")
    assert "9 votes weigh 0" in post(admin_client, "exclude_chosen", chosen, confirmed="1", reason="one model only")
    assert weight_of(chosen[0]) == 0
    assert set(VoteExclusion.objects.values_list("by", "rule")) == {(admin_user.username, "operator")}
    assert "9 votes weigh 1" in post(admin_client, "restore_chosen", chosen, confirmed="1", reason="a mistake")
    assert weight_of(chosen[0]) == 1


@pytest.mark.usefixtures("pusher")
def test_staff_without_the_right_to_exclude_see_no_such_action(client, django_user_model):
    from django.contrib.auth.models import Permission

    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_vote"))
    client.force_login(reader)
    assert 'value="exclude_chosen"' not in client.get("/admin/arena/vote/").content.decode()
    post(client, "exclude_chosen", Vote.objects.all(), confirmed="1", reason="no right")
    assert not VoteExclusion.objects.exists()
