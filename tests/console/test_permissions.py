"""Who may open which page of the console."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from arena.console.permissions import PAGES
from tests.console.people import member_of

pytestmark = pytest.mark.django_db


def test_each_permission_has_a_group_of_its_name_and_the_owners_hold_all_but_sight_of_people():
    held = {g.name: set(g.permissions.values_list("codename", flat=True)) for g in Group.objects.all()}
    names = {"play", "review", "analyse", "operate", "own"}
    alone = {name: {name} for name in (names - {"own"}) | {"see_people"}}
    assert held == alone | {"own": names}


def test_a_group_that_an_operator_has_changed_stays_so():
    Group.objects.get(name="review").permissions.clear()
    call_command("migrate", verbosity=0)
    assert not Group.objects.get(name="review").permissions.exists()


@pytest.mark.parametrize(("name", "permission"), [(name, asked) for name, _, asked in PAGES])
def test_each_page_asks_for_one_permission_and_a_staff_account_alone_opens_none(client, name, permission):
    address = reverse(name)
    assert client.get(address)["Location"] == f"/account/login/?next={address}"
    others = {"play", "review", "analyse", "operate"} - {permission}
    refused = member_of(*others, name="others").get(address)
    assert refused.status_code == 403
    assert f"lacks the permission <code>{permission}</code>" in refused.text
    assert member_of(permission, name="allowed").get(address).status_code == 200


def test_a_superuser_opens_every_page(admin_client):
    assert {admin_client.get(reverse(name)).status_code for name, *_ in PAGES} == {200}


def test_staff_without_a_permission_read_how_to_get_it(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("bob", is_staff=True))
    refused = client.get("/manage/")
    assert refused.status_code == 403
    assert "add the account to the group <code>operate</code>" in refused.text


def test_the_log_in_leads_to_the_page_that_was_asked_for(client):
    member_of("operate")
    sent = {"login": "ann", "password": "a-password-of-ann", "next": "/manage/"}
    assert client.get("/manage/login/?next=/manage/")["Location"] == (door := "/account/login/?next=/manage/")
    assert "Sign in" in client.get(door).text
    assert client.post("/account/login/", sent | {"password": "wrong"}).status_code == 200
    assert client.post("/account/login/", sent)["Location"] == "/manage/"


def test_without_an_address_the_log_in_leads_to_a_page_that_one_may_open(client):
    member_of("review")
    sent = {"login": "ann", "password": "a-password-of-ann"}
    assert client.post("/account/login/", sent, follow=True).redirect_chain[-1][0] == "/manage/votes/"


def test_the_navigation_shows_what_may_be_opened_and_the_way_out():
    operator = member_of("operate")
    page = operator.get("/manage/").text
    assert 'aria-current="page">Overview' in page
    assert "/admin/" not in page
    assert operator.post("/account/logout/")["Location"] == "/account/login/"
    assert operator.get("/manage/").status_code == 302
