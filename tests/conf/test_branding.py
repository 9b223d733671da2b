"""An arena of another name: nowhere on its pages does it go by ours."""

import json
import re
from io import BytesIO

import pytest
from django.test import Client
from django.urls import path
from django.utils import timezone
from PIL import Image

from arena import urls
from arena.checks import check_name
from arena.models import Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded
from tests.pages import compact

pytestmark = pytest.mark.django_db

NAME = "Lotus & Friends"
SHOWN = "Lotus &amp; Friends"
#: What runs an arena of another name, in its footer.
SOFTWARE = re.compile(r"Powered by Agon [\w.+]+\.|Agon [\w.+]+ 버전으로 운영해요\.")
KOREAN = {"accept-language": "ko"}


def failing(request):
    raise RuntimeError


urlpatterns = [path("broken/", failing), *urls.urlpatterns]
handler400, handler500 = urls.handler400, urls.handler500


@pytest.fixture(autouse=True)
def _another_name(settings):
    settings.SITE_NAME = NAME


@pytest.fixture
def pages(client):
    """The addresses of every kind of page that a visitor may meet."""
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    make_recorded("TAPIR-3", "LEMUR-1")
    client.post("/battles/", {"prompt": "Hello"})
    client.post("/chat/", {"prompt": "Hello", "model": "zebra-7"})
    for choice in (Choice.MODEL_A, Choice.MODEL_B):
        cast_vote(make_battle(*entries), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    start = client.get("/").text
    linked = {address for address in re.findall(r'(?:href|action)="(/[^"#]*)"', start) if not address.endswith("svg")}
    return {address.split("?")[0] for address in linked if "/static/" not in address} - {"/language/", "/battles/"} | {
        *("/leaderboard/1/", "/leaderboard/0/", "/leaderboard/overview/", "/leaderboard/charts/", "/head-to-head/"),
        *("/models/zebra-7/", "/models/zebra-7/vs/okapi-9/", "/benchmarks/", "/transparency/", "/recorded/"),
        *("/history/", "/history/board/", "/history/delete/", "/nowhere/", "/account/login/", "/feed.atom"),
        *battles_of(client),
    }


def battles_of(client):
    return set(re.findall(r'href="(/battles/[\w-]+/)"', client.get("/history/").text))


@pytest.mark.parametrize("headers", [{}, KOREAN], ids=["English", "Korean"])
def test_every_page_goes_by_the_arenas_own_name(client, pages, headers):
    assert len(pages) > 20
    for address in pages:
        text = SOFTWARE.sub("", client.get(address, headers=headers).text)
        assert (SHOWN in text, "Agon" in text) == (True, False), address


def test_a_page_of_an_error_goes_by_it_too(settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    broken, strange = client.get("/broken/"), client.get("/", headers={"host": "evil.example"})
    forged = Client(enforce_csrf_checks=True).post("/battles/", {"prompt": "Hello"})
    assert [page.status_code for page in (broken, strange, forged)] == [500, 400, 403]
    for page in (broken, strange, forged):
        assert f"· {SHOWN}</title>" in page.text
        assert "Agon" not in SOFTWARE.sub("", page.text)


def test_every_title_ends_or_begins_with_the_name(client, pages):
    for address in pages - {"/feed.atom"}:
        title = re.search(r"<title>\s*(.*?)\s*</title>", client.get(address).text, re.DOTALL)[1]
        assert title == f"{SHOWN}: which answer is better?" or re.fullmatch(rf".+ [·|] {SHOWN}", title), address


def test_programs_read_the_name_in_the_schema(client):
    assert json.loads(client.get("/api/v1/openapi.json").content)["info"]["title"] == NAME


def test_the_picture_of_the_board_is_another_under_another_name(client, pages, settings):
    named = client.get("/leaderboard/preview.png").content
    settings.SITE_NAME = "연꽃"
    plain = client.get("/leaderboard/preview.png").content
    settings.SITE_NAME = "모란"
    # The picture's font has no Hangul: such a name is left out.
    assert client.get("/leaderboard/preview.png").content == plain != named
    assert Image.open(BytesIO(named)).size == Image.open(BytesIO(plain)).size == (1200, 630)


@pytest.mark.parametrize(("name", "file"), [(NAME, "lotus-friends-my-battles.json"), ("연꽃", "arena-my-battles.json")])
def test_downloads_are_called_by_it_where_a_file_can_be(client, settings, name, file):
    settings.SITE_NAME = name
    assert client.get("/history/data.json")["Content-Disposition"] == f'attachment; filename="{file}"'


def test_the_operators_line_takes_the_place_of_ours(client, settings):
    assert f"{SHOWN}: your own chatbot arena." in client.get("/").text
    settings.SITE_TAGLINE = "ask our models."
    assert f"{SHOWN}: ask our models." in client.get("/").text


def test_an_arena_without_a_name_of_its_own_is_called_as_the_software(client, settings):
    settings.SITE_NAME = "Agon"
    page = compact(client.get("/").text)
    assert "Agon: your own chatbot arena. Version" in page
    assert "Powered by" not in page


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "Lotus\nFlower"])
def test_a_name_that_no_title_can_show_is_an_error(settings, name):
    settings.SITE_NAME = name
    assert [problem.id for problem in check_name()] == ["arena.E014"]
