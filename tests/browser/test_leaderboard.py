"""The leaderboard in a browser: it is live in every view, and its choices need no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_battle import violations

#: With the names in the order of the pks, so that the first wins.
VOTE = """
from django.utils import timezone
from arena.votes.cast import cast_vote
from arena.models import LanguageModel
from arena.people.voters import new_voter
from tests.factories import make_battle
voter = new_voter()[0]
voter.save()
first, second = LanguageModel.objects.filter(slug__startswith="smollm2").order_by("pk")[:2]
cast_vote(make_battle(first, second, voter=voter, prompt="Write a Python function."), "model_a", now=timezone.now())
"""


@pytest.fixture
def vote(arena):
    return lambda: arena.manage("shell", "--verbosity=0", "--command", VOTE)


def votes_on(page):
    return int(re.search(r"(\d+) votes?", page.locator("[data-board-facts]").inner_text())[1])


@pytest.mark.parametrize("query", ["", "?sort=model", "?search=smol&columns=votes", "?category=code"])
def test_a_vote_reaches_an_open_page_of_every_view(page, arena, vote, query):
    vote()
    arena.wait_until_votes_are_counted()
    page.goto(f"/leaderboard/{query}")
    before, names = votes_on(page), page.locator(".model-link").all_inner_texts()
    page.wait_for_timeout(500)  # until its socket listens
    vote()
    expect(page.locator("[data-board-facts]")).to_contain_text(f"{before + 1} vote", timeout=15_000)
    assert sorted(page.locator(".model-link").all_inner_texts()) == sorted(names)


def test_filters_and_columns_work_by_keyboard_and_without_javascript(browser, arena, vote):
    vote()
    page = browser.new_context(base_url=arena.url, java_script_enabled=False).new_page()
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


def test_no_view_of_the_board_has_an_accessibility_violation(page, vote):
    vote()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for address in ("?search=smol", "?category=no_ties", "?columns=kind&columns=context", "overview/"):
            page.goto(f"/leaderboard/{address}")
            assert violations(page) == [], (theme, address)
