import re

import pytest
from django.utils import timezone

from arena.models import Answer, Battle, Choice
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.provide.clients import new_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def battle(client):
    make_entry("ZEBRA-7", organisation="Zoo"), make_entry("OKAPI-9")
    client.post("/battles/", {"prompt": "Why <b>this</b>?"})
    Answer.objects.update(state="done", text="An **answer**.", attempt=1)
    return Battle.objects.get()


@pytest.fixture
def stranger():
    return new_client()


def shared_at(client, battle):
    client.post(f"/battles/{battle.pk}/share/")
    return f"/s/{Battle.objects.get(pk=battle.pk).share_token}/"


def test_a_stranger_reads_a_shared_battle_without_names_until_it_is_voted_on(client, stranger, battle):
    address = shared_at(client, battle)
    page = stranger.get(address).text
    assert "Why &lt;b&gt;this&lt;/b&gt;?" in page
    assert "<strong>answer</strong>" in page
    assert "Without names" in page
    assert "ZEBRA-7" not in page
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    page = stranger.get(address).text
    assert "ZEBRA-7" in page
    assert re.search("The vote: (ZEBRA-7 over OKAPI-9|OKAPI-9 over ZEBRA-7).", page)


def test_a_stranger_can_do_nothing_with_it(client, stranger, battle):
    page = stranger.get(shared_at(client, battle)).text
    assert page.count("<form") == page.count('action="/language/"') == 1
    assert str(battle.pk) not in page
    for verb in ("vote", "stop", "turns", "share", "unshare"):
        assert stranger.post(f"/battles/{battle.pk}/{verb}/", {"choice": "tie"}).status_code == 404


def test_the_address_goes_to_nobody_else(client, stranger, battle):
    response = stranger.get(shared_at(client, battle))
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]


def test_the_voter_finds_the_address_and_can_end_it(client, stranger, battle):
    cast_vote(battle, Choice.TIE, now=timezone.now())
    assert "Make the address" in client.get(f"/battles/{battle.pk}/").text
    address = shared_at(client, battle)
    assert shared_at(client, battle) == address
    assert f'value="http://testserver{address}"' in client.get(f"/battles/{battle.pk}/").text
    client.post(f"/battles/{battle.pk}/unshare/")
    assert stranger.get(address).status_code == 404
    assert shared_at(client, battle) != address


def test_an_unknown_address_is_nothing(stranger):
    make_battle()
    assert stranger.get("/s/None/").status_code == 404
    assert stranger.get("/s/x/").status_code == 404
