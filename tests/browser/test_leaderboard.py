"""The leaderboard in a browser: it is live in every view, and its choices need no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.playing import violations
from tests.light_arena import rows


@pytest.fixture
def vote(light_arena):
    """Cast a vote, which the worker counts."""
    return lambda: light_arena.do(rows.vote)


def votes_on(page):
    return int(re.search(r"(\d+) votes?", page.locator("[data-board-facts]").inner_text())[1])


@pytest.mark.parametrize("query", ["", "?sort=model", "?search=smol&columns=votes", "?category=code"])
def test_a_vote_reaches_an_open_page_of_every_view(page, light_arena, vote, query):
    vote()
    light_arena.do(rows.publish)
    page.goto(f"/leaderboard/{query}")
    before, names = votes_on(page), page.locator(".model-link").all_inner_texts()
    vote()
    expect(page.locator("[data-board-facts]")).to_contain_text(f"{before + 1} vote")
    assert sorted(page.locator(".model-link").all_inner_texts()) == sorted(names)


def test_filters_and_columns_work_by_keyboard_and_without_javascript(browser, site, vote):
    vote()
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/leaderboard/")
    page.get_by_text("Filter, columns, method").click()
    page.get_by_label("Search").fill("three steps")
    page.get_by_role("checkbox", name="Parameters").check()
    page.get_by_role("combobox", name="Licence").select_option("Apache-2.0")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.locator(".model-link")).to_have_text(["SmolLM2 135M, three steps"])
    expect(page.get_by_role("columnheader", name="Parameters")).to_be_visible()
    assert "search=three+steps" in page.url
    page.get_by_role("link", name="Reset").click()
    assert page.locator(".model-link").count() > 1
    context.close()


@pytest.mark.parametrize("theme", [pytest.param("light", marks=pytest.mark.slow), "dark"])
def test_no_view_of_the_board_has_an_accessibility_violation(page, vote, theme):
    vote()
    page.emulate_media(color_scheme=theme)
    for address in ("?search=smol", "?category=no_ties", "?columns=kind&columns=context", "overview/"):
        page.goto(f"/leaderboard/{address}")
        assert violations(page) == [], address


def test_a_full_board_shows_ten_rows_at_once_and_keeps_its_head_and_names_in_sight(page, light_arena):
    light_arena.do(rows.full_board, models=40)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/leaderboard/")
    expect(page.locator(".board__scroll--fits")).to_be_visible()
    tenth = page.locator("tbody tr").nth(9).bounding_box()
    assert tenth["height"] <= 45
    assert tenth["y"] + tenth["height"] <= 800
    page.locator("tbody tr").nth(30).scroll_into_view_if_needed()
    assert page.locator("thead").bounding_box()["y"] == 0
    page.set_viewport_size({"width": 390, "height": 800})
    box = page.locator(".board__scroll--tall:not(.board__scroll--fits)")
    box.evaluate("box => { box.scrollIntoView(); box.scrollTo(500, 900); }")
    edges = box.bounding_box()
    assert page.locator("thead").bounding_box()["y"] == edges["y"] + 1
    assert page.locator("tbody .board__place").nth(25).bounding_box()["x"] == edges["x"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") == 390
