import pytest
from django.test import Client
from django.urls import path

from arena import urls
from tests.factories import make_battle, make_entry


def failing(request):
    raise RuntimeError("ZEBRA-7 broke")


urlpatterns = [path("broken/", failing), *urls.urlpatterns]


def test_a_broken_page_says_what_to_do_and_nothing_of_what_broke(settings):
    settings.ROOT_URLCONF = __name__
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "ZEBRA-7" not in response.text
    assert "RuntimeError" not in response.text


@pytest.mark.django_db
def test_an_unknown_host_is_refused_in_our_words(client):
    make_battle(make_entry("ZEBRA-7"), make_entry())
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "That did not arrive whole" in response.text


@pytest.mark.django_db
def test_a_form_larger_than_any_prompt_is_refused_in_our_words(client):
    body = "prompt=" + "x" * 300_000
    response = client.post("/battles/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (400, 413)
    assert "That did not arrive whole" in response.text


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/s/%00/",
        "/?suggestion=%00",
        "/?again=%00",
        "/?topic=%00",
        "/chat/?model=%00&rival=%00",
        "/head-to-head/?model=%00&rival=a",
        "/leaderboard/?category=%00",
        "/leaderboard/?search=%00&organisation=%00",
        "/leaderboard/charts/?models=%00",
        "/api/v1/leaderboard?category=%00",
    ],
)
def test_a_null_character_in_an_address_breaks_no_page(client, address):
    make_battle()
    assert client.get(address).status_code < 500


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("field", ["prompt", "recorded", "model", "rival", "send"])
def test_a_null_character_in_a_form_breaks_no_page(client, field):
    entry = make_entry()
    for address in ("/battles/", "/chat/"):
        sent = {"prompt": "Hello", "model": entry.slug} | {field: "\0"}
        assert client.post(address, sent).status_code in (302, 422, 503)
