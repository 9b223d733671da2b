"""The site below a sub-path of a proxy: every address that a page, a socket or a program gets leads there."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.proxy import proxy_before
from tests.running import RunningArena

pytestmark = pytest.mark.slow

BASE = "/arena/"
TWO_MODELS = """
from arena.models import LanguageModel as M
for slug in ("heron", "otter"):
    M.objects.create(slug=slug, display_name=slug.capitalize(), backend="recorded", options={"text": "Rain. " * 20})
"""


@pytest.fixture(scope="module")
def arena_below(tmp_path_factory):
    """A whole arena without local models, told that it stands below the base path."""
    var = tmp_path_factory.mktemp("below") / "var"
    running = RunningArena(var, ("-m", "tests.supervisor.small_arena"), ARENA_BASE_PATH="arena")
    running.manage("shell", "--verbosity=0", "--command", TWO_MODELS)
    yield running
    running.stop()


@pytest.fixture(params=[True, False], ids=["taken off by the proxy", "left by the proxy"])
def proxy(arena_below, request):
    with proxy_before(arena_below.port, BASE, strips=request.param) as running:
        yield running
    assert running.outside == []


@pytest.fixture
def page(browser, proxy):
    """A page in which any error or lost file fails the test."""
    context = browser.new_context(base_url=proxy.url)
    shown, problems = context.new_page(), []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield shown
    assert {cookie["path"] for cookie in context.cookies()} <= {BASE}
    context.close()
    assert problems == []


def test_a_battle_is_played_and_counted_below_the_base_path(page, proxy):
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(BASE)
    page.locator("#prompt").fill("Why is the sea salty?")
    page.get_by_role("button", name="Start battle").click()
    page.get_by_role("button", name="Tie").click()
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    page.get_by_role("link", name="See the leaderboard").click()
    expect(page).to_have_url(re.compile(f"{BASE}leaderboard/$"))
    row = page.get_by_role("link", name="Heron")
    expect(page.locator("[data-board-facts]")).to_contain_text(re.compile(r"[1-9]\d* votes?\b"))
    row.click()
    expect(page).to_have_url(re.compile(f"{BASE}models/heron/$"))
    battle, board = sockets[0], sockets[-1]
    assert re.fullmatch(r"ws://[\d.:]+/arena/ws/battles/[\w-]+/", battle)
    assert re.fullmatch(r"ws://[\d.:]+/arena/ws/leaderboard/\?board=\d*", board)


def test_the_language_changes_on_the_page_where_it_is_chosen(page):
    page.goto(f"{BASE}leaderboard/?search=otter")
    page.get_by_role("button", name="한국어").click()
    expect(page).to_have_url(re.compile(rf"{BASE}leaderboard/\?search=otter$"))
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_who_deletes_their_data_comes_back_without_the_key(page):
    page.goto(BASE)
    page.locator("#prompt").fill("Hello")
    page.get_by_role("button", name="Start battle").click()
    page.goto(f"{BASE}history/delete/")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete my data").click()
    expect(page).to_have_url(re.compile(rf"{BASE}history/\?erased$"))
    assert "voter" not in {cookie["name"] for cookie in page.context.cookies()}


def test_the_pages_are_dressed_and_linked(page):
    page.goto(f"{BASE}how-it-works/")
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 100
    links = page.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links
    for link in links:
        assert httpx.get(page.evaluate("location.origin") + link).status_code == 200


def test_programs_and_readers_of_the_feed_are_led_below_the_base_path(proxy):
    site = httpx.Client(base_url=proxy.url)
    assert f'href="{proxy.url}{BASE}leaderboard/"' in site.get(f"{BASE}feed.atom").text
    assert set(site.get(f"{BASE}api/v1/openapi.json").json()["paths"]) >= {f"{BASE}api/v1/leaderboard"}
    assert f"{proxy.url}{BASE}api/v1/leaderboard" in site.get(f"{BASE}api/v1/docs").text
    unknown = site.get(f"{BASE}api/v1/models/nobody").json()
    assert unknown["type"] == f"{BASE}api/v1/docs#problem-not-found"
    assert site.get(f"{BASE}admin/").headers["location"].startswith(f"{BASE}admin/login/")
    assert site.get(f"{BASE}favicon.ico").headers["location"].startswith(f"{BASE}static/")


def test_the_base_path_without_its_last_slash_leads_to_the_first_page(arena_below):
    assert httpx.get(f"{arena_below.url}/arena").headers["location"] == BASE


def test_up_says_the_whole_address(arena_below):
    assert f"Arena is ready: {arena_below.url}{BASE}\n" in arena_below.output
