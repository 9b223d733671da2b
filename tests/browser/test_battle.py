"""Battles with real models, in an arena with all its processes."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import start, violations, wait_until_answered


@pytest.fixture
def site(arena):
    return arena


@pytest.fixture
def silent_models(arena):
    """For a while there are only two entries: one answers, one never does."""
    arena.manage("shell", "--verbosity=0", "--command", SILENCE)
    yield
    arena.manage("shell", "--verbosity=0", "--command", SPEECH)


SILENCE = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for slug, backend in (("broken", "no such backend"), ("well", "recorded")):
    fields = {"display_name": slug, "backend": backend, "options": {"text": "Hello."}, "state": "active"}
    M.objects.update_or_create(slug=slug, defaults=fields)
"""
SPEECH = """
from arena.models import LanguageModel as M
M.objects.filter(backend="transformers").update(state="active")
M.objects.exclude(backend="transformers").update(state="retired")
"""


def test_a_follow_up_goes_on_with_the_same_two(page):
    start(page, "Name a colour.")
    wait_until_answered(page)
    page.get_by_label("Your next prompt").fill("And another one?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".turn")).to_have_count(2)
    wait_until_answered(page)
    assert page.locator(".answer[data-state=done]").count() == 4


def test_a_side_that_fails_says_so_live_and_its_prompt_goes_to_a_new_pair(page, silent_models):
    start(page, "Say hello.")
    notice = page.locator("[data-failed-notice]")
    expect(notice).to_contain_text("did not answer")
    expect(page.locator(".answer[data-state=failed]")).to_contain_text("This model did not answer.")
    expect(page.locator(".answer[data-state=done]")).to_contain_text("Hello.")
    assert page.locator(".vote-bar").count() == 0
    assert violations(page) == []
    first = page.url
    notice.get_by_role("button", name="Try again with a new pair").click()
    page.wait_for_url(lambda url: url != first)
    expect(notice).to_contain_text("did not answer")
    page.get_by_role("link", name="New battle with this prompt").click()
    expect(page.get_by_label("Your prompt")).to_have_value("Say hello.")


def test_the_invariants_hold_after_all_this(arena):
    arena.wait_until_votes_are_counted()
    assert "All invariants hold" in arena.manage("check_invariants")
