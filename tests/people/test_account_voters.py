"""One person is one voter, whatever the browser; and nobody is told which."""

import pytest
from django.contrib.auth.models import User

from arena.models import AccountVoter, AuditEntry, Battle, Voter, VoterLink
from arena.people.voters import COOKIE
from tests.factories import make_entry
from tests.provide.clients import new_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("entries")]

PASSWORD = "a long enough phrase"


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


@pytest.fixture
def mina():
    return User.objects.create_user("mina", password=PASSWORD)


def sign_in(client, name="mina"):
    return client.post("/account/login/", {"login": name, "password": PASSWORD})


def battle(client, prompt):
    address = client.post("/battles/", {"prompt": prompt})["Location"]
    return address, Battle.objects.get(pk=address.split("/")[-2])


def test_one_person_in_three_browsers_is_one_voter(mina, settings):
    settings.OPEN_BATTLES_LIMIT = 3
    browsers = [new_client() for _ in range(3)]
    before = [battle(browser, f"before {number}")[1].voter for number, browser in enumerate(browsers)]
    for browser in browsers:
        sign_in(browser)
    after = {battle(browser, f"after {number}")[1].voter for number, browser in enumerate(browsers)}
    assert len({voter.pk for voter in before}) == 3
    assert after == {AccountVoter.objects.get(account=mina).voter}
    assert {link.voter for link in VoterLink.objects.that_hold()} == set(before)
    assert {link.into for link in VoterLink.objects.that_hold()} == after


def test_battles_from_before_the_sign_in_stay_ones_own(client, mina):
    address, _before = battle(client, "from before")
    sign_in(client)
    battle(client, "from after")
    other = new_client()
    sign_in(other)
    for browser in (client, other):
        page = browser.get("/history/").text
        assert "from before" in page
        assert "from after" in page
        assert browser.get(address).status_code == 200
        assert "from before" in browser.get("/history/data.json").text


def test_another_person_in_the_same_browser_is_another_voter(client, mina):
    User.objects.create_user("june", password=PASSWORD)
    battle(client, "of mina")
    sign_in(client)
    client.post("/account/logout/")
    assert not client.cookies[COOKIE].value
    assert "of mina" not in client.get("/history/").text
    sign_in(client, "june")
    assert battle(client, "of june")[1].voter != AccountVoter.objects.get(account=mina).voter
    assert "of mina" not in client.get("/history/").text


def test_whoever_has_an_account_can_be_forgotten_and_begin_anew(client, mina):
    _address, before = battle(client, "from before")
    sign_in(client)
    _address, after = battle(client, "from after")
    client.post("/history/delete/", {"sure": "yes"})
    assert Voter.objects.filter(pk__in=(before.voter_id, after.voter_id), erased_at__isnull=False).count() == 2
    assert "from " not in client.get("/history/").text
    client.post("/account/logout/")
    sign_in(client)
    assert battle(client, "another")[1].voter.erased_at is None


def test_no_page_shows_which_voter_somebody_is(client, mina, admin_client):
    sign_in(client)
    voter = str(battle(client, "hello")[1].voter_id)
    for page in (client.get("/account/"), admin_client.get(f"/manage/people/{mina.pk}/"), client.get("/history/")):
        assert voter not in page.text
    assert voter not in str(AuditEntry.objects.values())
