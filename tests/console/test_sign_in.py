"""The console's page of how people sign in, and who sees which voter somebody is."""

import pytest
from django.contrib.auth.models import Permission, User

from arena.models import AccountVoter, AuditEntry
from tests.provide.clients import new_client
from tests.provide.oidc import CLIENT, provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with provider({}, tmp_path_factory.mktemp("provider")) as address:
        yield address


def after_asking(admin_client):
    return admin_client.post("/manage/sign-in/", follow=True).text


def test_the_connection_to_the_provider_is_tested(admin_client, address, settings):
    settings.OIDC_URL, settings.OIDC_CLIENT = address, CLIENT
    assert f"It answers as {address}" in after_asking(admin_client)
    settings.OIDC_CLIENT = ""
    assert "Register the arena there" in after_asking(admin_client)


def test_what_is_wrong_with_the_provider_is_said(admin_client, address, settings):
    settings.OIDC_CLIENT = CLIENT
    assert "there is no provider" in after_asking(admin_client)
    settings.OIDC_URL = f"{address}/keys/.well-known/none"
    assert "answers 404" in after_asking(admin_client)
    settings.OIDC_URL = "http://127.0.0.1:1"
    assert "Nothing answers at" in after_asking(admin_client)
    settings.OIDC_URL = "http://192.0.2.1"
    assert "Only https://" in after_asking(admin_client)


def test_which_voter_somebody_is_sees_only_who_may_and_the_log_notes_it(admin_client, client):
    mina = User.objects.create_user("mina", password="a long enough phrase")
    new_client().post("/account/login/", {"login": "mina", "password": "a long enough phrase"})
    owner = User.objects.create_user("owner")
    owner.user_permissions.add(*Permission.objects.filter(codename__in=["own", "operate", "review"]))
    client.force_login(owner)
    assert "which voter" not in client.get(f"/manage/people/{mina.pk}/").text
    assert client.post(f"/manage/people/{mina.pk}/voter/").status_code == 403
    assert not AuditEntry.objects.filter(action="looked-at-people").exists()
    owner.user_permissions.add(Permission.objects.get(codename="see_people"))
    assert "which voter" in client.get(f"/manage/people/{mina.pk}/").text
    shown = client.post(f"/manage/people/{mina.pk}/voter/").text
    assert str(AccountVoter.objects.get(account=mina).voter_id) in shown
    assert AuditEntry.objects.get(action="looked-at-people").subject == "mina"
