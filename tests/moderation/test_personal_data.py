"""A prompt that seems to hold personal data passes, is asked about, or is refused, as the operator wants."""

import pytest

from arena.models import Battle
from tests.factories import make_battle, make_entry, make_token
from tests.moderation.conftest import client_of

pytestmark = pytest.mark.django_db

PROMPT = "Write to jo.dee@example.org about the 4111 1111 1111 1111 I lost."


@pytest.fixture
def pair():
    return make_entry("ZEBRA-7"), make_entry("TAPIR-3")


def sent(client, **more):
    return client.post("/battles/", {"prompt": PROMPT, **more})


def test_it_passes_unless_the_operator_wants_otherwise(client, pair):
    assert sent(client).status_code == 302


def test_its_writer_is_asked_with_the_text_kept(client, pair, settings):
    settings.PERSONAL_DATA = "ask"
    reply = sent(client)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "seems to hold a card number, an e-mail address" in page
    assert "Send it anyway" in page
    assert PROMPT in page
    assert not Battle.objects.exists()
    assert sent(client, send_anyway="yes").status_code == 302


def test_it_is_refused_whatever_its_writer_says(client, pair, settings):
    settings.PERSONAL_DATA = "refuse"
    for more in ({}, {"send_anyway": "yes"}):
        page = sent(client, **more).content.decode()
        assert "remove it and send it again" in page
        assert "Send it anyway" not in page
    assert not Battle.objects.exists()


@pytest.mark.parametrize(("policy", "status"), [("ask", 201), ("refuse", 422)])
def test_a_program_cannot_be_asked(client, pair, settings, policy, status):
    settings.PERSONAL_DATA = policy
    header = {"HTTP_AUTHORIZATION": f"Bearer {make_token()}"}
    reply = client.post("/api/v1/battles", {"prompt": PROMPT}, content_type="application/json", **header)
    assert reply.status_code == status


@pytest.mark.parametrize("address", ["/chat/", "/side-by-side/"])
def test_chosen_models_are_asked_about_it_too(client, pair, settings, address):
    settings.PERSONAL_DATA = "ask"
    fields = {"prompt": PROMPT, "model": "zebra-7", "rival": "tapir-3"}
    assert "Send it anyway" in client.post(address, fields).content.decode()
    assert client.post(address, fields | {"send_anyway": "yes"}).status_code == 302


def test_a_further_prompt_is_asked_about_in_its_place(settings, pair):
    settings.PERSONAL_DATA = "ask"
    battle = make_battle(*pair)
    own = client_of(battle.voter)
    page = own.post(f"/battles/{battle.pk}/turns/", {"prompt": PROMPT}).content.decode()
    assert "Send it anyway" in page
    assert own.post(f"/battles/{battle.pk}/turns/", {"prompt": PROMPT, "send_anyway": "yes"}).status_code == 302


def test_what_tells_nothing_is_not_asked_about(client, pair, settings):
    settings.PERSONAL_DATA = "ask"
    assert client.post("/battles/", {"prompt": "Why is the sky blue?"}).status_code == 302
