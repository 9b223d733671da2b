import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from arena.history.forget import forget_voter
from arena.models import ApiToken, Battle, Voter
from arena.people.tokens import token_of
from tests.factories import make_entry
from tests.people.roles import account_of, browser_of
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db

PROMPT = {"prompt": "Why is the sky blue?"}


def command(*arguments):
    told = io.StringIO()
    call_command("api_token", *arguments, stdout=told, stderr=io.StringIO())
    return told.getvalue().strip()


def begin(client, secret, **extra):
    headers = {"authorization": f"Bearer {secret}"}
    return client.post("/api/v1/battles", PROMPT, content_type="application/json", headers=headers, **extra)


@pytest.fixture
def secret():
    make_entry()
    make_entry()
    return command("create", "ann")


def test_a_list_without_tokens_says_how_to_make_one(capsys):
    call_command("api_token", "list")
    assert "api_token create NAME" in capsys.readouterr().err


def test_a_new_token_opens_the_battles_and_votes_as_a_voter_of_its_own(client, secret):
    assert begin(client, secret).status_code == 201
    assert Battle.objects.get().voter == ApiToken.objects.get().voter == Voter.objects.get()


def test_a_program_needs_no_token_of_a_form(secret):
    assert begin(Client(enforce_csrf_checks=True), secret).status_code == 201


def test_the_token_is_nowhere_in_the_database(secret):
    stored = [str(value) for row in (*ApiToken.objects.values_list(), *Voter.objects.values_list()) for value in row]
    assert not any(secret in value or secret.removeprefix("agon_") in value for value in stored)


def test_no_token_a_wrong_one_and_a_cookie_open_nothing(client, admin_client, secret):
    for refused in (
        client.post("/api/v1/battles", PROMPT, content_type="application/json"),
        begin(client, "agon_wrong"),
        begin(client, ""),
        admin_client.post("/api/v1/battles", PROMPT, content_type="application/json"),
    ):
        assert refused.status_code == 401
        assert refused["WWW-Authenticate"] == "Bearer"
    assert not Battle.objects.exists()


def test_a_revoked_token_opens_nothing(client, secret):
    assert command("revoke", "ann") == "ann is revoked."
    assert begin(client, secret).status_code == 401
    assert command("revoke", "ann") == "ann was revoked before."


def test_the_token_of_an_erased_voter_opens_nothing(client, secret):
    forget_voter(Voter.objects.get(), now=timezone.now())
    assert begin(client, secret).status_code == 401


def test_the_list_tells_the_day_of_the_last_use_and_no_token(client, secret):
    assert "last used -" in command("list")
    token_of(secret, now=datetime(2030, 1, 2, tzinfo=UTC))
    assert "last used 2030-01-02" in command("list")
    assert secret not in command("list")


def test_a_second_use_on_the_same_day_writes_nothing(secret, django_assert_num_queries):
    token_of(secret, now=timezone.now())
    with django_assert_num_queries(1):
        token_of(secret, now=timezone.now())


def test_a_name_is_given_once_and_an_unknown_one_cannot_be_revoked(secret):
    for arguments in (("create", "ann"), ("create", " "), ("create", "x" * 61), ("revoke", "bob")):
        with pytest.raises(CommandError):
            command(*arguments)


def test_staff_see_tokens_in_the_admin_and_can_only_revoke_them(client, admin_client, secret):
    token = ApiToken.objects.get()
    assert token.digest not in admin_client.get(f"/admin/arena/apitoken/{token.pk}/change/").text
    assert admin_client.get("/admin/arena/apitoken/add/").status_code == 403
    admin_client.post("/admin/arena/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    assert begin(client, secret).status_code == 401


def opened(secret, address="leaderboard"):
    return new_client().get(f"/api/v1/{address}", headers={"authorization": f"Bearer {secret}"}).status_code


def test_a_token_opens_its_scopes_and_no_more(client, settings):
    settings.ACCESS = "sign_in"
    reader, player = command("create", "reader", "--scopes", "read"), command("create", "player", "--scopes", "play")
    assert (opened(reader, "models"), opened(player, "models")) == (200, 403)
    refused = begin(client, reader)
    assert refused.status_code == 403
    assert refused.json()["type"] == "/api/v1/docs#problem-lacks-scope"
    assert "scope play" in refused.json()["detail"]
    assert client.get("/api/v1/models").status_code == 401
    assert opened(reader, "openapi.json") == 200
    assert client.get("/api/v1/openapi.json").status_code == 401


def test_a_token_ends(secret):
    soon = command("create", "soon", "--expires", "1h")
    now = timezone.now()
    assert token_of(soon, now=now)
    assert token_of(soon, now=now + timedelta(hours=2)) is None
    assert "until" in command("list")


def test_a_token_of_an_account_opens_what_the_account_may_do_at_that_moment(client, settings):
    settings.ACCESS = "sign_in"
    make_entry(), make_entry()
    ann = account_of("voter", name="ann")
    token = command("create", "hers", "--account", "ann", "--scopes", "read,play,export")
    assert begin(client, token).status_code == 201
    assert opened(token, "votes?format=csv") == 403
    ann.groups.clear()
    assert begin(client, token).status_code == 403
    assert opened(token, "models") == 200
    User.objects.update(is_active=False)
    assert opened(token, "models") == 401
    assert "of ann" in command("list")


@pytest.mark.parametrize("wrong", [["--scopes", "all"], ["--account", "nobody"], ["--expires", "never"]])
def test_the_command_says_what_it_does_not_know(wrong):
    with pytest.raises(CommandError):
        command("create", "x", *wrong)


def test_somebody_makes_and_revokes_tokens_of_their_own(settings):
    settings.ACCESS = "sign_in"
    voter = browser_of("voter")
    assert "take votes out" not in voter.get("/tokens/").text
    page = voter.post("/tokens/", {"name": "my script", "scopes": ["read", "play"], "days": "30"}).text
    made = re.search(r"agon_[\w-]+", page)[0]
    assert opened(made, "models") == 200
    assert made not in voter.get("/tokens/").text
    assert "This name is taken." in voter.post("/tokens/", {"name": "my script", "scopes": "read", "days": "30"}).text
    assert voter.post("/tokens/", {"name": "more", "scopes": "export", "days": "30"}).status_code == 422
    pk = ApiToken.objects.get().pk
    assert browser_of("owner").post(f"/tokens/{pk}/revoke/").status_code == 404
    assert "my script opens nothing any more" in voter.post(f"/tokens/{pk}/revoke/", follow=True).text
    assert opened(made, "models") == 401


@pytest.mark.database
def test_tokens_of_earlier_versions_read_and_play_and_those_of_staff_export():
    voter = Voter.objects.create()
    with connection.cursor() as cursor:
        columns = "name, digest, voter_id, is_staff, created"
        row = ["old", "0" * 64, voter.pk.hex if connection.vendor == "sqlite" else voter.pk, True, timezone.now()]
        cursor.execute(f"INSERT INTO arena_apitoken ({columns}) VALUES (%s, %s, %s, %s, %s)", row)
    assert ApiToken.objects.get().opens == ["read", "play", "export"]
