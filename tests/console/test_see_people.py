"""Who sees which voter somebody is."""

import pytest
from django.contrib.auth.models import Permission, User

from arena.models import AccountVoter, AuditEntry
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db


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
