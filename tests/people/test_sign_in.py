"""Signing in: by a password and by a code, signing up, and what wrong tries cost."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import User
from django.core import mail

from arena.models import AuditEntry
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough phrase"


@pytest.fixture
def mina():
    return User.objects.create_user("mina", "mina@example.org", PASSWORD)


def sign_in(client, name="mina", password=PASSWORD, **sent):
    return client.post("/account/login/", {"login": name, "password": password} | sent)


def code_from_mail():
    return re.search(r"^([A-Z0-9]{3,4}-[A-Z0-9]{3,4})$", str(mail.outbox[-1].body), re.MULTILINE)[1]


def test_a_name_and_a_password_let_in(client, mina):
    assert sign_in(client)["Location"] == "/"
    assert "mina" in client.get("/account/").text
    assert "/account/" in client.get("/leaderboard/").text


def test_a_code_by_e_mail_lets_in(client, mina):
    client.post("/account/login/code/", {"email": "Mina@example.org"})
    assert "mina@example.org" in client.get("/account/login/code/confirm/").text
    client.post("/account/login/code/confirm/", {"code": code_from_mail()})
    assert "mina" in client.get("/account/").text


def test_nobody_gets_a_letter_where_no_account_has_the_address(client, mina):
    answered = client.post("/account/login/code/", {"email": "nobody@example.org"})
    assert answered["Location"] == "/account/login/code/confirm/"
    assert mail.outbox == []


def test_an_arena_lets_nobody_sign_up_unless_it_says_so(client):
    assert "/account/login/" not in client.get("/leaderboard/").text
    assert "Make an account" not in client.get("/account/login/").text
    client.post("/account/signup/", {"email": "mina@example.org"})
    assert "by invitation" in client.get("/account/signup/").text
    assert not User.objects.exists()


def test_an_address_at_a_named_domain_signs_up_and_proves_itself(client, settings):
    settings.SIGN_IN_DOMAINS = ["example.org"]
    assert "/account/login/" in client.get("/leaderboard/").text
    assert "Make an account" in client.get("/account/login/").text
    refused = client.post("/account/signup/", {"email": "mina@elsewhere.org"})
    assert "Take an address at example.org." in refused.text
    client.post("/account/signup/", {"email": "mina@example.org"})
    assert client.get("/account/")["Location"].startswith("/account/login/")
    client.post("/account/confirm-email/", {"code": code_from_mail()})
    assert "mina@example.org" in client.get("/account/").text


def test_a_name_is_locked_out_after_five_wrong_tries_from_one_address(client, mina):
    for _ in range(5):
        assert "not correct" in sign_in(client, password="wrong").text
    assert "Too many wrong tries" in sign_in(new_client()).text
    elsewhere = new_client(REMOTE_ADDR="192.0.2.9")
    assert sign_in(elsewhere)["Location"] == "/"
    refused = AuditEntry.objects.filter(action="sign-in-refused")
    assert [entry.subject for entry in refused] == ["mina"] * 5


def test_right_passwords_are_no_tries(mina):
    for _ in range(7):
        assert sign_in(new_client())["Location"] == "/"


def test_nobody_guesses_while_tries_cannot_be_counted(client, mina, no_redis):
    assert "not possible just now" in sign_in(client).text


def test_a_locked_account_is_out_at_its_next_request(client, mina):
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/account/")["Location"].startswith("/account/login/")
    assert sign_in(client)["Location"] == "/account/inactive/"


def test_an_account_without_an_address_needs_none_to_come_in(client):
    User.objects.create_user("june", password=PASSWORD)
    assert sign_in(client, "june")["Location"] == "/"


def test_one_session_is_ended_from_another(client, mina):
    phone = new_client(HTTP_USER_AGENT="Mozilla/5.0 (Android 15; Mobile) Gecko Firefox/140.0")
    sign_in(phone)
    sign_in(client)
    page = client.get("/account/").text
    assert "Firefox, Android" in page
    assert "127.0.0.1" not in str(UserSession.objects.values())
    client.post("/account/sessions/end/", {"session": re.search(r'name="session" value="(\d+)"', page)[1]})
    assert phone.get("/account/")["Location"].startswith("/account/login/")
    assert client.get("/account/").status_code == 200


def test_signing_in_and_out_is_in_the_audit_log(client, mina):
    sign_in(client)
    client.post("/account/logout/")
    assert list(AuditEntry.objects.values_list("action", "actor")) == [("signed-in", "mina"), ("signed-out", "mina")]
    assert client.get("/account/")["Location"].startswith("/account/login/")
