"""Pseudonyms that are one person."""

import pytest
from django.db import Error, transaction
from django.utils import timezone

from arena.models import VoterLink
from arena.models.append_only import FactsAreAppendOnly
from arena.models.links import LinkRule
from arena.people.links import link_voters, pseudonyms_of, unlink_voter
from tests.factories import make_voter

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def linked(voter, into):
    return link_voters(voter, into, rule=LinkRule.OPERATOR, reason="one desk", by="ann", now=timezone.now())


def test_linked_voters_are_one_person_whichever_is_asked_for():
    phone, laptop, desk, other = (make_voter() for _ in range(4))
    assert linked(phone, laptop)
    assert linked(laptop, desk)
    everyone = {phone.pk, laptop.pk, desk.pk}
    assert [pseudonyms_of(voter.pk) for voter in (phone, laptop, desk, other)] == [everyone] * 3 + [{other.pk}]


def test_a_link_is_said_once_and_can_be_taken_back():
    phone, laptop = make_voter(), make_voter()
    assert [linked(phone, laptop), linked(phone, laptop)] == [True, False]
    undone = [unlink_voter(phone, rule=LinkRule.OPERATOR, now=timezone.now()) for _ in range(2)]
    assert undone == [True, False]
    assert pseudonyms_of(phone.pk) == {phone.pk}
    assert list(VoterLink.objects.order_by("pk").values_list("into", flat=True)) == [laptop.pk, None]
    assert linked(phone, laptop)


def test_who_is_one_person_already_needs_no_link_and_makes_no_circle():
    phone, laptop, desk = (make_voter() for _ in range(3))
    linked(phone, laptop)
    linked(laptop, desk)
    assert not any(linked(*pair) for pair in ((phone, phone), (laptop, phone), (desk, phone)))
    assert VoterLink.objects.count() == 2


def test_a_link_of_one_of_them_brings_the_others_along():
    phone, laptop, account = (make_voter() for _ in range(3))
    linked(phone, laptop)
    linked(phone, account)
    assert pseudonyms_of(laptop.pk) == {phone.pk, laptop.pk, account.pk}


def test_two_people_who_sign_in_from_one_browser_stay_two():
    browser, ann, ben = (make_voter() for _ in range(3))
    for account in (ann, ben):
        link_voters(browser, account, rule=LinkRule.ACCOUNT, now=timezone.now())
    assert [pseudonyms_of(voter.pk) for voter in (ann, ben)] == [{browser.pk, ann.pk}, {ben.pk}]


def test_a_link_is_never_changed_or_deleted():
    linked(make_voter(), make_voter())
    with pytest.raises(FactsAreAppendOnly):
        VoterLink.objects.update(by="nobody")
    with pytest.raises(FactsAreAppendOnly):
        VoterLink.objects.get().delete()
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        VoterLink._base_manager.update(by="nobody")
