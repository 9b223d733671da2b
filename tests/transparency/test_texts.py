import re
from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.utils import timezone

from arena.models import Battle, Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded
from tests.pages import compact

LINK = re.compile(r'<a href="([^"]*)"[^>]*>Your battles</a>')

pytestmark = pytest.mark.django_db


@pytest.fixture
def texts(settings, tmp_path):
    settings.VAR = tmp_path
    (tmp_path / "texts").mkdir()
    return tmp_path / "texts"


@pytest.mark.parametrize("page", ["terms", "privacy"])
def test_an_arena_whose_operator_wrote_nothing_says_what_is_true_of_all(client, page):
    response = client.get(f"/{page}/")
    assert response.status_code == 200
    assert "The operator of this arena has not added" in response.text
    assert urljoin("/privacy/", LINK.findall(client.get("/privacy/").text)[0]) == "/history/"


def test_the_operators_own_text_takes_the_place_and_holds_no_markup_that_acts(client, texts):
    (texts / "terms.md").write_text("# Our rules\n\nBe **kind**. <script>alert(1)</script>", encoding="utf-8")
    page = client.get("/terms/").text
    assert ">Our rules</h2>" in page
    assert "<strong>kind</strong>" in page
    assert "<script>alert" not in page
    assert "has not added" not in page


def test_a_text_in_the_visitors_language_goes_first(client, texts):
    (texts / "terms.md").write_text("For all.", encoding="utf-8")
    (texts / "terms.ko.md").write_text("모두를 위해.", encoding="utf-8")
    assert "모두를 위해." in client.get("/terms/", headers={"accept-language": "ko-KR,ko"}).text
    assert "For all." in client.get("/terms/", headers={"accept-language": "fr"}).text


def test_a_demo_of_recorded_answers_counts_its_models(client):
    make_recorded("ZEBRA-7", "OKAPI-9", "TAPIR-3")
    assert "<dt>Models that answer</dt><dd>3</dd>" in compact(client.get("/how-it-works/").text)


def test_how_it_works_tells_the_numbers_of_this_arena(client, django_assert_num_queries):
    assert "±" not in client.get("/how-it-works/").text
    first, second = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE):
        cast_vote(make_battle(first, second), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    with django_assert_num_queries(4):
        page = compact(client.get("/how-it-works/").text)
    assert "<dt>Models that answer</dt><dd>2</dd>" in page
    assert "<dt>Votes that count</dt><dd>4</dd>" in page
    assert "<dt>Ratings known to</dt><dd>±" in page


def test_how_it_works_counts_the_battles_that_began_here_as_transparency_does(client):
    for kind in ("blind", "blind", "imported", "side_by_side"):
        Battle.objects.filter(pk=make_battle().pk).update(kind=kind)
    assert "<dt>Battles started here</dt><dd>2</dd>" in client.get("/how-it-works/").text
    cache.clear()
    assert client.get("/transparency.json").json()["battles"]["started"] == 2


def test_the_switch_in_the_footer_changes_the_language_and_stays_on_the_page(client):
    response = client.post("/language/", {"language": "ko", "next": "/leaderboard/?sort=model"})
    assert (response.status_code, response["Location"]) == (302, "/leaderboard/?sort=model")
    assert '<html lang="ko">' in client.get("/leaderboard/").text
    client.post("/language/", {"language": "en", "next": "/"})
    page = compact(client.get("/leaderboard/").text)
    assert '<html lang="en">' in page
    assert 'lang="ko">한국어</button>' in page


def test_the_switch_leads_to_no_other_site(client):
    assert client.post("/language/", {"language": "ko", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_the_language_follows_the_browser(client):
    assert '<html lang="ko">' in client.get("/", headers={"accept-language": "ko-KR,ko;q=0.9,en;q=0.5"}).text
    assert '<html lang="en">' in client.get("/", headers={"accept-language": "de"}).text


def test_the_files_of_a_page_come_compressed_and_are_kept_for_ever(client):
    address = re.search(r'href="(/static/arena/arena\.\w+\.css)"', client.get("/").text)[1]
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert "immutable" in response["Cache-Control"]
    assert int(response["Content-Length"]) < 10_000
