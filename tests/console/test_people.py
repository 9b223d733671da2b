"""The owners' page: accounts, what they may do, and who decided it."""

import re

import pytest
from django.contrib.auth.models import Group, Permission, User

from tests.console.people import member_of
from tests.pages import compact
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return member_of("own", name="olga")


@pytest.fixture
def bob():
    return User.objects.create_user("bob", password="a-password-of-bob")


def decide(owner, account, *may):
    return compact(owner.post(f"/manage/people/{account.pk}/", {"may": may}, follow=True).text)


def may(account, permission):
    return User.objects.get(pk=account.pk).has_perm(f"arena.{permission}")


def test_a_permission_is_granted_and_revoked_and_each_change_says_who_did_it(owner, bob):
    assert "bob: granted review" in decide(owner, bob, "review")
    assert may(bob, "review")
    assert "bob: revoked review" in decide(owner, bob, "analyse")
    assert (may(bob, "review"), may(bob, "analyse")) == (False, True)
    assert "UTC · olga · bob: granted analyse" in compact(owner.get("/manage/people/").text)
    assert "Nothing has changed." in decide(owner, bob, "analyse")


def test_it_holds_whatever_an_operator_made_of_the_group(owner, bob):
    Group.objects.get(name="review").permissions.clear()
    decide(owner, bob, "review")
    assert may(bob, "review")
    decide(owner, bob)
    assert not may(bob, "review")


def test_what_another_group_grants_is_named(owner, bob):
    team = Group.objects.create(name="the team")
    team.permissions.add(Permission.objects.get(content_type__app_label="arena", codename="operate"))
    bob.groups.add(team)
    assert "is also held through the group<code>the team</code>" in compact(owner.get(f"/manage/people/{bob.pk}/").text)


def test_nobody_takes_the_last_word_from_themselves(owner):
    olga = User.objects.get(username="olga")
    assert "ask another owner" in decide(owner, olga, "review")
    assert may(olga, "own")
    assert "ask another owner" in owner.post(f"/manage/people/{olga.pk}/lock/", {"lock": "yes"}, follow=True).text
    assert may(olga, "own")


@pytest.mark.parametrize("above", [{"is_superuser": True}, {"is_staff": True}])
def test_an_owner_gets_no_hold_of_an_account_that_opens_the_admin(owner, bob, above):
    User.objects.filter(pk=bob.pk).update(**above)
    for door in ("link", "lock"):
        said = owner.post(f"/manage/people/{bob.pk}/{door}/", {"lock": "yes"}, follow=True).text
        assert "A superuser changes it there." in said
        assert "/manage/password/" not in said
    assert User.objects.get(pk=bob.pk).is_active


def test_a_new_account_sets_its_password_by_a_link_that_works_once(owner):
    page = owner.post("/manage/people/", {"username": "carol"}, follow=True)
    shown = owner.post(f"{page.redirect_chain[-1][0]}link/").text
    address = re.search(r"http://testserver(/manage/password/[^\"]+)", shown)[1]
    carol, password = new_client(), "an-uncommon-one-7"
    form = carol.get(address, follow=True).redirect_chain[-1][0]
    assert "Set it" in carol.get(form).text
    assert carol.post(form, {"new_password1": password, "new_password2": password})["Location"] == "/account/login/"
    assert carol.login(username="carol", password=password)
    assert "This link has been used" in new_client().get(address, follow=True).text


def test_a_name_that_is_taken_or_missing_is_said(owner, bob):
    assert "This name is taken." in owner.post("/manage/people/", {"username": "Bob"}).text
    assert "Letters, digits and" in owner.post("/manage/people/", {"username": "b b"}).text
    assert "Write a name first." in owner.post("/manage/people/", {}).text


def test_whoever_is_locked_out_is_out_at_once(owner, bob):
    decide(owner, bob, "review")
    reviewer = new_client()
    reviewer.force_login(bob)
    owner.post(f"/manage/people/{bob.pk}/lock/", {"lock": "yes"})
    assert reviewer.get("/manage/votes/").status_code == 302
    assert not reviewer.login(username="bob", password="a-password-of-bob")
    owner.post(f"/manage/people/{bob.pk}/lock/", {"lock": "no"})
    assert reviewer.login(username="bob", password="a-password-of-bob")


@pytest.mark.parametrize("door", ["", "lock/", "link/"])
def test_no_other_permission_decides(bob, door):
    others = member_of("play", "review", "analyse", "operate")
    assert others.post(f"/manage/people/{bob.pk}/{door}", {"may": "own", "lock": "yes"}).status_code == 403
    assert not may(bob, "own")


def test_the_pages_take_a_fixed_number_of_queries(owner, bob, django_assert_max_num_queries):
    decide(owner, bob, "review")
    for page in ("", f"{bob.pk}/"):
        with django_assert_max_num_queries(10):
            owner.get(f"/manage/people/{page}")
