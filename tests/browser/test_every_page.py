"""What holds for all pages: axe has nothing to say, and nothing is wider than the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import show, start, violations, wait_until_answered
from tests.light_arena import rows
from tests.running import eventually

PAGES = (
    "/",
    "/?topic=code",
    "/chat/",
    "/side-by-side/",
    "/leaderboard/",
    "/leaderboard/?search=agon",
    "/leaderboard/?columns=style&columns=above_next&columns=kind&columns=parameters&columns=speed&columns=first_text",
    "/leaderboard/overview/",
    "/models/agon-steps/",
    "/leaderboard/charts/",
    "/how-it-works/",
    "/transparency/",
    "/transparency/replication/",
    "/head-to-head/",
    "/models/agon-steps/vs/agon-small-llama/",
    "/terms/",
    "/privacy/",
    "/api/v1/docs",
    "/recorded/",
    "/history/",
    "/history/board/",
    "/history/delete/",
    "/benchmarks/",
    "/moderation/",
    "/room/",
    "/account/login/",
)


def test_both_themes_and_the_switch(page):
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


#: One of each kind of page; axe looks at all of them, in nine looks, in test_every_state.py.
KINDS = ("/", "/leaderboard/", "/models/agon-steps/", "/transparency/", "/api/v1/docs", "/history/", "/history/delete/")
#: Both take long; the dark board is looked at in test_leaderboard.py every time.
THEMES = ["light", pytest.param("dark", marks=pytest.mark.slow)]


@pytest.fixture
def voter(page, light_arena):
    """Whoever visits has voted once, and the board has counted it."""
    show(page, light_arena.do(rows.battle))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    light_arena.do(rows.publish)


@pytest.mark.usefixtures("voter")
@pytest.mark.parametrize("theme", THEMES)
def test_no_kind_of_page_has_an_accessibility_violation(page, theme):
    page.emulate_media(color_scheme=theme)
    for address in KINDS:
        page.goto(address)
        assert violations(page) == [], address


def test_no_state_of_a_battle_has_an_accessibility_violation(page, light_arena):
    show(page, light_arena.do(rows.running_battle))
    expect(page.locator("[data-text]").first).to_have_text("An ans")
    assert violations(page) == [], "a running battle"
    start(page, "Say hello.")
    wait_until_answered(page)
    assert violations(page) == [], "an answered battle"
    page.get_by_role("button", name="Tie").click()
    assert violations(page) == [], "an armed vote"
    expect(page.locator("[data-reveal]")).to_be_visible()
    assert violations(page) == [], "the reveal"
    page.get_by_text("Say why").click()
    assert violations(page) == [], "the reasons"


@pytest.mark.slow
def test_no_state_on_a_phone_has_an_accessibility_violation(page):
    page.set_viewport_size({"width": 390, "height": 844})
    start(page, "Say hello.")
    wait_until_answered(page)
    assert violations(page) == [], "an answered battle"
    page.get_by_role("button", name="Tie").click()
    expect(page.locator("[data-reveal]")).to_be_visible()
    assert violations(page) == [], "the reveal"
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Create link").click()
    page.goto(page.get_by_label("Whoever has this link").input_value())
    assert violations(page) == [], "the shared page"


@pytest.mark.parametrize("theme", THEMES)
def test_the_charts_of_a_board_are_accessible_and_scroll_within_their_figures(page, theme):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 320, "height": 640})
    start(page, "Say hello.")
    wait_until_answered(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    page.goto("/leaderboard/")
    expect(page.locator(".board__range").first).to_be_visible()  # the newest board comes by itself
    page.goto("/leaderboard/charts/")
    expect(page.get_by_role("img", name="Rating in points, with")).to_be_visible()
    for summary in page.locator("main summary").all():
        summary.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_categories_lie_open_where_there_is_room_and_open_by_a_key_on_a_phone(page):
    start(page, "Say hello.")
    wait_until_answered(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    page.goto("/leaderboard/")
    expect(page.locator(".board__range").first).to_be_visible()
    page.goto("/leaderboard/")
    categories = page.get_by_role("navigation", name="Categories")
    expect(categories.get_by_role("link", name="English")).to_be_visible()
    page.set_viewport_size({"width": 320, "height": 640})
    expect(categories).to_be_hidden()
    page.locator(".categories__summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(categories.get_by_role("link", name="Overall")).to_be_focused()
    assert violations(page) == []
    categories.get_by_role("link", name="English").click()
    expect(page.get_by_text("Category: English")).to_be_visible()


def test_on_a_phone_the_answers_stand_below_each_other_after_the_vote(page):
    page.set_viewport_size({"width": 390, "height": 844})
    start(page, "Say hello.")
    wait_until_answered(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    first, second = (answer.bounding_box() for answer in page.locator("[data-answer]").all())
    assert second["x"] == first["x"]
    assert second["y"] >= first["y"] + first["height"]


#: The states that move, held for as long as a test looks.
WRITING_AND_COUNTING = """() => {
  document.querySelector(".answer").dataset.state = "streaming";
  document.querySelector(".vote-bar").dataset.counting = "true";
  document.querySelector(".vote-bar__choice").setAttribute("aria-pressed", "true");
}"""


def test_who_asks_for_less_motion_sees_none(page):
    start(page, "Say hello.")
    wait_until_answered(page)
    page.evaluate(WRITING_AND_COUNTING)
    eventually(lambda: moving(page) >= 2, within=30, what="the line and the countdown moving")
    page.emulate_media(reduced_motion="reduce")
    eventually(lambda: moving(page) == 0, within=30, what="nothing moving")


def moving(page):
    return page.evaluate("document.getAnimations().length")


def test_nothing_is_wider_than_320_pixels(page, light_arena, tmp_path):
    page.set_viewport_size({"width": 320, "height": 640})
    names = ["zebra" + "x" * 60, "okapi" + "y" * 60]
    votes = "".join(f"{','.join(names)},{winner}\n" for winner in ["model_a", "model_a", "model_b"])
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\n" + votes)
    light_arena.do(rows.run, command=["import_votes", str(tmp_path / "votes.csv")])
    board = light_arena.do(rows.board_of_version, version="0.2.0+3f9c2b7a1d04.dirty")
    start(page, "Say hello with a very-long-word-" + "x" * 80)
    wait_until_answered(page)
    model = f"/models/{names[0]}/"
    for address in (page.url, *PAGES, f"/leaderboard/{board}/", model, f"{model}vs/{names[1]}/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address


def test_a_full_table_of_benchmarks_is_accessible_and_scrolls_in_its_own_box(page, light_arena, tmp_path):
    names = [f"Benchmark {number}" for number in range(12)]
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\nzebra,okapi,model_a\nokapi,zebra,tie\n")
    (tmp_path / "scores.csv").write_text(f"Model Name,{','.join(names)}\nzebra{',50.5' * 12}\nokapi{',' * 12}\n")
    light_arena.do(rows.run, command=["import_votes", str(tmp_path / "votes.csv")])
    light_arena.do(rows.run, command=["import_benchmarks", str(tmp_path / "scores.csv")])
    for theme, width in (("light", 1280), ("dark", 320)):
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme=theme)
        page.goto("/benchmarks/")
        expect(page.get_by_role("link", name="zebra")).to_be_visible()
        assert violations(page) == [], theme
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_page_that_is_not_there_is_accessible_too(browser, site):
    page = browser.new_page(base_url=site.url, viewport={"width": 320, "height": 640})
    page.goto("/nowhere/")
    assert violations(page) == []
    page.close()
