"""A second factor: added, asked for, required, and recovered from."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group, User

from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"


@pytest.fixture
def olga():
    olga = User.objects.create_user("olga", password=PASSWORD)
    olga.groups.add(Group.objects.get(name="operate"))
    return olga


def sign_in(client, **sent):
    return client.post("/account/login/", {"login": "olga", "password": PASSWORD} | sent)


def code_of(secret, *, later=0):
    return format_hotp_value(hotp_value(secret, int(time.time() // 30) + later))


def add(client):
    """Add a second factor; its secret and the recovery codes."""
    page = client.get("/account/second/add/").text
    secret = re.search(r'id="key" readonly value="(\w+)"', page)[1]
    shown = client.post("/account/second/add/", {"code": code_of(secret)}, follow=True).text
    return secret, re.findall(r"<code>(\d+)</code>", shown)


def test_the_picture_of_the_key_is_part_of_the_page(client, olga):
    sign_in(client)
    page = client.get("/account/second/add/")
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert "data:" not in page.text


def test_whoever_has_one_is_asked_for_it(client, olga):
    sign_in(client)
    secret, _codes = add(client)
    again = new_client()
    assert sign_in(again, next="/manage/")["Location"].startswith("/account/login/second/")
    assert again.get("/manage/").status_code == 302
    assert "Incorrect" in again.post("/account/login/second/", {"code": "000000"}).text
    assert again.post("/account/login/second/", {"code": code_of(secret, later=1)})["Location"] == "/manage/"


def test_a_recovery_code_lets_in_once(client, olga):
    sign_in(client)
    _secret, codes = add(client)
    assert len(codes) == 10
    for expected in ("/manage/start/", None):
        again = new_client()
        sign_in(again)
        assert again.post("/account/login/second/", {"code": codes[0]}).headers.get("Location") == expected


def test_five_wrong_codes_lock_the_second_factor(client, olga):
    sign_in(client)
    secret, _codes = add(client)
    again = new_client()
    sign_in(again)
    for _ in range(5):
        again.post("/account/login/second/", {"code": "000000"})
    assert "Too many wrong tries" in again.post("/account/login/second/", {"code": code_of(secret, later=1)}).text


def test_where_staff_needs_one_the_console_opens_only_with_it(client, olga, settings):
    settings.SECOND_FACTOR = "staff"
    sign_in(client)
    assert client.get("/manage/")["Location"] == "/account/second/add/"
    add(client)
    assert client.get("/manage/").status_code == 200


def test_where_staff_needs_one_a_voter_does_not(client, settings):
    settings.SECOND_FACTOR = "staff"
    User.objects.create_user("olga", password=PASSWORD).groups.add(Group.objects.get(name="play"))
    assert sign_in(client)["Location"] == "/"
    assert client.get("/history/").status_code == 200
    settings.SECOND_FACTOR = "all"
    assert client.get("/history/")["Location"] == "/account/second/add/"


def test_it_is_removed_only_by_whoever_shows_once_more_who_they_are(client, olga):
    sign_in(client)
    add(client)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 3600}]
    session.save()
    assert client.get("/account/second/remove/")["Location"].startswith("/account/again/")
    client.post("/account/again/?next=/account/second/remove/", {"password": PASSWORD})
    client.post("/account/second/remove/")
    assert sign_in(new_client())["Location"] == "/manage/start/"
