"""Signing in by an OpenID Connect provider, which runs as a process of its own."""

import httpx
import pytest
from django.contrib.auth.models import User

from arena.models import AccountVoter, GroupMember, VoterGroup
from tests.people.roles import join_link
from tests.provide.clients import new_client
from tests.provide.oidc import CLIENT, SECRET, provider

pytestmark = pytest.mark.django_db

PEOPLE = {
    "mina": {"sub": "17", "email": "mina@example.org", "email_verified": True, "groups": ["/staff", "/physics"]},
    "june": {"sub": "18", "email": "june@elsewhere.org", "email_verified": True},
    "mallory-of-elsewhere": {"sub": "20", "email": "mallory@elsewhere.org", "email_verified": True},
    "mallory": {"sub": "17", "email": "mina@example.org", "email_verified": True, "forged": True},
    "unproven": {"sub": "19", "email": "mina@example.org", "email_verified": False},
}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with provider(PEOPLE, tmp_path_factory.mktemp("provider")) as address:
        yield address


@pytest.fixture(autouse=True)
def named(address, settings):
    settings.OIDC_URL, settings.OIDC_CLIENT, settings.OIDC_SECRET = address, CLIENT, SECRET
    settings.OIDC_NAME, settings.SIGN_IN_DOMAINS = "Example SSO", ["example.org"]


def come_back(client, person, *, to="", **changed):
    """What the arena answers whom the provider sends back."""
    gone = client.get("/account/oidc/company/", {"next": to} if to else {})["Location"]
    back = httpx.get(f"{gone}&person={person}").headers["Location"]
    return client.get(httpx.URL(back).copy_merge_params(changed).raw_path.decode())


def test_the_sign_in_page_leads_to_the_provider(client, address):
    page = client.get("/account/login/?next=/leaderboard/").text
    assert "Sign in with Example SSO" in page
    gone = client.get("/account/oidc/company/?process=login&next=/leaderboard/")["Location"]
    assert gone.startswith(f"{address}/authorize?")
    assert "code_challenge_method=S256" in gone


def test_whom_the_provider_knows_comes_in_and_comes_again_as_the_same(client):
    assert come_back(client, "mina")["Location"] == "/"
    page = client.get("/account/").text
    assert "Example SSO" in page
    assert "/staff, /physics" in page
    assert come_back(new_client(), "mina").status_code == 302
    assert User.objects.get().email == "mina@example.org"


def test_groups_of_the_arena_follow_the_providers(client, django_user_model):
    group = VoterGroup.objects.create(name="Physics", slug="physics", claim="/physics", created="2026-01-01T00:00Z")
    come_back(client, "mina")
    assert GroupMember.objects.get(group=group).voter == AccountVoter.objects.get().voter


def test_an_address_outside_the_named_domains_makes_no_account(client):
    assert "by invitation" in come_back(client, "june").text
    assert not User.objects.exists()


def test_an_invitation_lets_in_once_whom_the_provider_knows(client):
    link = join_link("account", role="analyst", quota=1)
    assert come_back(client, "june", to=link)["Location"] == "/manage/start/"
    assert User.objects.get().has_perm("arena.analyse")
    assert "by invitation" in come_back(new_client(), "mallory-of-elsewhere", to=link).text


def test_an_account_of_the_same_proven_address_is_joined(client):
    mina = User.objects.create_user("mina", "mina@example.org", "a long enough phrase")
    come_back(client, "mina")
    assert User.objects.get() == mina
    assert "Example SSO" in client.get("/account/").text


def test_an_address_that_is_not_proven_opens_nobodys_account(client):
    User.objects.create_user("mina", "mina@example.org", "a long enough phrase")
    come_back(client, "unproven")
    assert client.get("/account/")["Location"].startswith("/account/login/")


def test_a_token_that_another_key_signed_lets_nobody_in(client):
    assert come_back(client, "mallory").status_code == 401
    assert not User.objects.exists()


def test_an_answer_to_nobodys_request_lets_nobody_in(client):
    assert come_back(client, "mina", state="another").status_code == 401
    assert client.get("/account/oidc/company/callback/?error=access_denied").status_code == 401
    assert not User.objects.exists()


def test_a_provider_that_is_away_is_told_in_words(client, settings):
    settings.OIDC_URL = "http://127.0.0.1:1"
    refused = client.get("/account/oidc/company/")
    assert refused.status_code == 401
    assert "did not answer as it should" in refused.text


def test_without_a_provider_there_is_no_way_to_one(client, settings):
    settings.OIDC_URL = ""
    assert "Sign in with" not in client.get("/account/login/").text
    assert client.get("/account/oidc/company/").status_code == 404


def after_asking(admin_client):
    return admin_client.post("/manage/sign-in/", follow=True).text


def test_the_connection_to_the_provider_is_tested(admin_client, address, settings):
    assert f"It answers as {address}" in after_asking(admin_client)
    settings.OIDC_CLIENT = ""
    assert "Register the arena there" in after_asking(admin_client)


def test_what_is_wrong_with_the_provider_is_said(admin_client, address, settings):
    settings.OIDC_URL = ""
    assert "there is no provider" in after_asking(admin_client)
    settings.OIDC_URL = f"{address}/keys/.well-known/none"
    assert "answers 404" in after_asking(admin_client)
    settings.OIDC_URL = "http://127.0.0.1:1"
    assert "Nothing answers at" in after_asking(admin_client)
    settings.OIDC_URL = "http://192.0.2.1"
    assert "Only https://" in after_asking(admin_client)
