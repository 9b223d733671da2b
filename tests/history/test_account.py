"""The download and the erasure of one's data cover the account, and every browser that it signed in with."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone

from arena.models import AccountVoter, ApiToken, AuditEntry, Battle, Choice, Turn, Vote, Voter
from arena.models.links import LinkRule
from arena.people.links import link_voters
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_entry, make_token, make_voter

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """Signed in; has played in another browser too, before it signed in there."""
    client = member_of(name="bea")
    account = User.objects.get(username="bea")
    own, of_phone = make_voter(), make_voter()
    AccountVoter.objects.create(account=account, voter=own, created=timezone.now())
    link_voters(of_phone, own, rule=LinkRule.ACCOUNT, now=timezone.now())
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    for voter, prompt in ((own, "At the desk"), (of_phone, "On the phone"), (make_voter(), "A stranger's")):
        cast_vote(make_battle(*entries, voter=voter, prompt=prompt), Choice.MODEL_A, now=timezone.now())
    return client


def test_the_page_says_that_the_account_goes_too(client, person):
    page = person.get("/history/delete/").text
    assert "Your account bea is deleted" in page
    assert "Delete my data and my account" in page
    assert "account" not in client.get("/history/delete/").text.lower()


def test_the_account_goes_with_the_words_of_all_its_browsers_and_the_votes_stay(client, person):
    board = publish_leaderboard(now=timezone.now())
    LogEntry.objects.create(
        user=User.objects.create_superuser("root"),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(User.objects.get(username="bea").pk),
        object_repr="bea",
        action_flag=2,
    )
    EmailAddress.objects.create(user=User.objects.get(username="bea"), email="bea@example.org")
    assert person.post("/history/delete/", {"sure": "on"})["Location"] == "/history/?erased"
    assert not User.objects.filter(username="bea").exists()
    assert not AccountVoter.objects.exists()
    assert not EmailAddress.objects.exists()
    assert not Session.objects.exists()
    assert not LogEntry.objects.filter(object_repr="bea").exists()
    assert set(Turn.objects.values_list("user_text", flat=True)) == {"", "A stranger's"}
    assert Voter.objects.filter(erased_at__isnull=False).count() == 2
    assert (Vote.objects.count(), publish_leaderboard(now=timezone.now())) == (board.votes, None)
    line = AuditEntry.objects.get(action="erased")
    assert (line.actor, line.account_id) == ("", None)
    assert person.get("/manage/").status_code == 302, "whoever has gone is signed out"


def test_the_tokens_of_the_account_go_with_what_their_programs_asked(person):
    make_token("script")
    ApiToken.objects.update(account=User.objects.get(username="bea"))
    Battle.objects.filter(turns__user_text="A stranger's").update(voter=ApiToken.objects.get().voter)
    person.post("/history/delete/", {"sure": "on"})
    assert not ApiToken.objects.exists()
    assert set(Turn.objects.values_list("user_text", flat=True)) == {""}


def test_without_a_tick_nothing_is_deleted(person):
    sent = person.post("/history/delete/", {})
    assert "Tick the box first" in person.get(sent["Location"]).text
    assert User.objects.filter(username="bea").exists()


def test_the_last_owner_stays_until_there_is_another():
    owner = member_of("own", name="ann")
    sent = owner.post("/history/delete/", {"sure": "on"})
    assert "Make somebody else an owner first." in owner.get(sent["Location"]).text
    member_of("own", name="bob")
    owner.post("/history/delete/", {"sure": "on"})
    assert set(User.objects.values_list("username", flat=True)) == {"bob"}


def test_the_download_tells_what_is_stored_of_the_account(person):
    User.objects.filter(username="bea").update(email="bea@example.org")
    EmailAddress.objects.create(user=User.objects.get(username="bea"), email="bea@home.example", verified=True)
    account = person.get("/history/data.json").json()["account"]
    assert (account["name"], account["email"], account["tokens"]) == ("bea", "bea@example.org", [])
    assert account["emails"] == [{"email": "bea@home.example", "verified": True}]
    assert "password" not in account
