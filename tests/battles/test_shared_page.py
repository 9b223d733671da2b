import re

import pytest
from django.utils import timezone

from arena.battles.share import shared_picture
from arena.models import Answer, Battle, Choice, Turn
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.pages import compact
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
    assert re.search("<h1[^>]*>(ZEBRA-7 over OKAPI-9|OKAPI-9 over ZEBRA-7)</h1>", compact(page))
    assert page.count("<span data-answer-name>ZEBRA-7</span>") == 1


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
    assert "Create link" in client.get(f"/battles/{battle.pk}/").text
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


def meta(page, name):
    return re.search(rf'<meta property="og:{name}"\s+content="([^"]*)"', page)[1]


def test_what_is_passed_on_with_the_link_is_the_prompt_the_winner_and_a_picture(client, stranger, battle):
    Turn.objects.update(user_text="Explain in a few simple sentences why the sea is salty, and why the rivers are not.")
    address = shared_at(client, battle)
    page = stranger.get(address).text
    assert meta(page, "title") == "Explain in a few simple sentences why the sea is salty, and why the…"
    assert meta(page, "description") == "Two anonymous models answered this prompt. Which answer is better?"
    unnamed = stranger.get(meta(page, "image"))
    assert unnamed["Content-Type"] == "image/png"
    assert "noindex" in unnamed["X-Robots-Tag"]
    cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    page = stranger.get(address).text
    name = battle.model_a.display_name
    assert meta(page, "description").startswith(f"{name} over ")
    assert stranger.get(meta(page, "image")).content != unnamed.content
    assert re.search(r"<time[^>]*>\w+ \d+, \d{4}|<time[^>]*>\d+ \w+ \d{4}", compact(page))


def test_a_long_prompt_without_spaces_is_cut_all_the_same(client, stranger, battle):
    Turn.objects.update(user_text="왜" * 200)
    assert meta(stranger.get(shared_at(client, battle)).text, "title") == "왜" * 69 + "…"


def test_the_picture_ends_with_the_link(client, stranger, battle):
    address = shared_at(client, battle)
    client.post(f"/battles/{battle.pk}/unshare/")
    assert stranger.get(f"{address}picture.png").status_code == 404


def test_the_picture_names_nobody_before_the_vote_and_the_preferred_one_after_it(battle):
    assert shared_picture(battle).names == ("Model A", "Model B")
    cast_vote(battle, Choice.MODEL_B, now=timezone.now())
    drawn = shared_picture(Battle.objects.with_rows().get(pk=battle.pk))
    assert drawn.names == (battle.model_a.display_name, battle.model_b.display_name)
    assert drawn.preferred == 1
