"""Links by which people come in: made by a command or in the console, opened once, taken back."""

import re
import subprocess
import sys
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.models import AuditEntry, GroupMember, Invitation
from arena.people.groups import make_group
from arena.people.invitations import InvitationIsOver, join_with
from tests.people.roles import account_of, browser_of, join_link
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = {"password": "an-uncommon-one-7"}


def made_by_command(capsys, *arguments):
    """The path of the link that the command prints."""
    call_command("invite", *arguments)
    return re.search(r"http://127.0.0.1:\d+(/join/\S+)", capsys.readouterr().out)[1]


def may(name, permission):
    return User.objects.get(username=name).has_perm(f"arena.{permission}")


def test_the_first_owner_comes_in_by_a_link_of_the_command(client, settings, capsys):
    settings.ACCESS = "sign_in"
    link = made_by_command(capsys, "--role", "owner")
    assert "Make your account." in client.get(link).text
    assert client.post(link, {"username": "olga"} | PASSWORD)["Location"] == "/"
    assert client.get("/manage/people/").status_code == 200
    assert may("olga", "own")
    assert may("olga", "play")
    assert not may("olga", "see_people")
    assert new_client().login(username="olga", **PASSWORD)


def test_a_link_lets_in_as_many_as_it_says_and_a_look_uses_nothing_up(client):
    link = join_link("account", role="voter", quota=1)
    client.get(link), client.head(link)
    assert client.post(link, {"username": "ann"} | PASSWORD).status_code == 302
    late = new_client().post(link, {"username": "bob"} | PASSWORD)
    assert late.status_code == 410
    assert "This invitation is over" in late.text
    assert not User.objects.filter(username="bob").exists()


@pytest.mark.database
def test_of_two_who_saw_the_last_place_free_one_is_let_in(rf):
    join_link("account", role="voter", quota=1)
    seen_by_both, now = Invitation.objects.get(), timezone.now()
    for name in ("ann", "bob"):
        request = rf.post("/")
        request.user = account_of("guest", name=name)
        with nullcontext() if name == "ann" else pytest.raises(InvitationIsOver):
            join_with(seen_by_both, request.user, request=request, now=now)
    assert (may("ann", "play"), may("bob", "play")) == (True, False)


def test_an_account_that_is_there_takes_the_role_besides(client):
    account_of("reviewer", name="ann")
    client.login(username="ann", password="a-password-of-ann")
    link = join_link("account", role="analyst")
    assert "You are signed in as ann." in client.get(link).text
    assert client.post(link)["Location"] == "/"
    assert may("ann", "analyse")
    assert may("ann", "review")


def test_a_name_that_is_taken_and_a_weak_password_are_said(client):
    account_of("voter", name="ann")
    refused = client.post(join_link("account", role="voter"), {"username": "Ann", "password": "12345"})
    assert refused.status_code == 422
    assert "This name is taken." in refused.text
    assert "too short" in refused.text
    assert Invitation.objects.get().uses == 0


def test_a_browser_that_comes_again_by_its_link_uses_no_second_place(client, settings):
    settings.ACCESS = "link"
    link = join_link("play", quota=1)
    client.post(link)
    assert client.get(link)["Location"] == "/"
    assert Invitation.objects.get().uses == 1
    assert new_client().post(link).status_code == 410


@pytest.mark.parametrize("over", [{"revoked_at": timezone.now()}, {"expires": timezone.now() - timedelta(hours=1)}])
def test_a_link_that_is_over_or_never_was_says_so(client, over):
    link = join_link("account", role="voter")
    Invitation.objects.update(**over)
    for each in (link, "/join/never-was/"):
        assert client.get(each).status_code == 410


@pytest.mark.parametrize(
    ("address", "wrong"), [("/join/guess/", 410), ("/room/guess/", 404), ("/room/?code=guess", 404)]
)
def test_who_guesses_links_or_codes_is_held_up(client, address, wrong):
    guesser, other = f"203.0.113.{len(address)}", "203.0.113.99"
    codes = [client.get(address, REMOTE_ADDR=guesser).status_code for _ in range(61)]
    assert (set(codes[:60]), codes[60]) == ({wrong}, 429)
    assert client.get(address, REMOTE_ADDR=other).status_code == wrong


def test_the_token_is_nowhere_in_the_database():
    token = join_link("play").split("/")[2]
    assert token not in str([*Invitation.objects.values_list(), *AuditEntry.objects.values_list()])


def test_an_owner_invites_and_takes_back_in_the_console(client):
    owner = browser_of("owner")
    group = make_group("7b", by="", now=timezone.now())
    sent = {"name": "Class 7b", "opens": "play", "group": group.pk, "days": "30", "quota": ""}
    page = owner.post("/manage/invitations/", sent)
    link = re.search(r"http://testserver(/join/[^\"]+)", page.text)[1]
    assert "Class 7b · 7b" in page.text
    assert client.post(link).status_code == 302
    assert GroupMember.objects.get().group == group
    pk = Invitation.objects.get().pk
    assert "lets nobody in any more" in owner.post(f"/manage/invitations/{pk}/revoke/", follow=True).text
    assert client.get(link).status_code == 410
    said = [(entry.actor, entry.action, entry.subject) for entry in AuditEntry.objects.order_by("pk")]
    did = [("owner", "invited"), ("", "joined"), ("owner", "invitation-revoked")]
    assert said[-3:] == [(*each, "Class 7b") for each in did]


SAID = [("open", "everybody may read"), ("link", "an invitation link may read"), ("sign_in", "only accounts")]


@pytest.mark.parametrize(("mode", "said"), SAID)
def test_the_page_says_who_comes_in_now(settings, mode, said):
    settings.ACCESS = mode
    assert said in browser_of("owner").get("/manage/invitations/").text


def test_an_invitation_without_a_name_or_for_nobody_is_refused():
    refused = browser_of("owner").post("/manage/invitations/", {"name": "", "opens": "king", "quota": "0"})
    assert refused.status_code == 422
    assert "Say whom it is for." in refused.text
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("--role", "owner", "--opens", "play"),
        ("--role", "owner", "--uses", "0"),
        ("--role", "owner", "--expires", "soon"),
    ],
)
def test_the_command_says_what_is_wrong(wrong):
    with pytest.raises(CommandError):
        call_command("invite", *wrong)


def test_each_way_in_leaves_an_entry(client, settings):
    settings.ACCESS = "link"
    client.post(join_link("play"))
    new_client().post(join_link("account", role="voter"), {"username": "ann"} | PASSWORD)
    said = [(entry.actor, entry.role, entry.subject) for entry in AuditEntry.objects.filter(action="joined")]
    assert said == [("", "", "for tests, play"), ("ann", "voter", "for tests, account")]


def test_the_command_works_before_the_first_start(tmp_path):
    import os

    new = {**os.environ, "ARENA_VAR": str(tmp_path), "DATABASE_URL": "", "ARENA_ACCESS": "sign_in"}
    command = [sys.executable, "manage.py", "invite", "--role", "owner"]
    done = subprocess.run(command, cwd=ROOT, env=new, capture_output=True, text=True, check=True)
    assert "/join/" in done.stdout
