"""Voting by keys: what the list of keys says is what they do, and none votes by accident."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.playing import a_later_request, posts_of, show
from tests.light_arena import rows
from tests.running import eventually

CHOICES = ("A is better", "B is better", "Tie", "Both are bad")
#: Milliseconds in which a choice can be undone.
COUNTDOWN = 3000
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
COMPOSING_DIGIT = """document.body.dispatchEvent(new KeyboardEvent("keydown",
  { key: "1", bubbles: true, cancelable: true, isComposing: true, keyCode: 229 }))"""


@pytest.fixture
def battle(page, light_arena):
    show(page, light_arena.do(rows.battle))
    return page


def armed(page):
    """The choices that are armed; a choice's name holds its key too."""
    pressed = page.locator("[name=choice][aria-pressed=true]").evaluate_all("all => all.map(one => one.dataset.label)")
    return [choice for choice in CHOICES if choice in pressed]


def stop_the_clock(battle):
    """From now on the page's time passes only when a test says so."""
    battle.clock.install(time=NOON)
    battle.reload()
    battle.clock.pause_at(NOON + timedelta(hours=1))


def test_digits_and_arrows_choose_and_enter_votes_once(battle):
    for key, choice in zip("1234", CHOICES, strict=True):
        battle.keyboard.press(key)
        assert armed(battle) == [choice]
    battle.keyboard.press("ArrowLeft")
    assert armed(battle) == ["Tie"]
    battle.keyboard.press("ArrowRight")
    assert armed(battle) == ["Both are bad"]
    battle.keyboard.press("Enter")
    expect(battle.locator("[data-reveal]")).to_be_focused()
    expect(battle.get_by_role("heading", name="You found both bad:")).to_be_visible()


def test_escape_takes_the_choice_back(battle):
    stop_the_clock(battle)
    posts = posts_of(battle)
    battle.keyboard.press("2")
    battle.keyboard.press("Escape")
    assert armed(battle) == []
    battle.get_by_role("button", name="Tie").click()
    battle.clock.run_for(COUNTDOWN - 1)
    assert armed(battle) == ["Tie"]
    battle.get_by_role("button", name="Undo").click()
    battle.clock.run_for(COUNTDOWN)
    assert armed(battle) == []
    a_later_request(battle)
    assert posts == []
    expect(battle.locator("[data-reveal]")).to_have_count(0)


@pytest.mark.parametrize(
    "choose", [lambda page: page.get_by_role("button", name="Tie").click(), lambda page: page.keyboard.press("3")]
)
def test_a_click_and_a_key_vote_when_the_countdown_is_over(battle, choose):
    stop_the_clock(battle)
    posts = posts_of(battle)
    choose(battle)
    expect(battle.get_by_text("Your vote: Tie. It counts in 3 seconds.")).to_be_visible()
    expect(battle.get_by_text("Enter votes now, Esc takes it back")).to_be_visible()
    battle.clock.run_for(COUNTDOWN - 1)
    a_later_request(battle)
    assert posts == []
    battle.clock.run_for(1)
    expect(battle.locator("[data-reveal]")).to_be_visible()
    assert len(posts) == 1


@pytest.mark.parametrize(
    "leave", [lambda page: page.goto("/terms/"), lambda page: page.get_by_role("button", name="New battle").click()]
)
def test_leaving_the_page_casts_the_vote_that_is_being_counted(battle, leave):
    stop_the_clock(battle)
    address = battle.url
    battle.keyboard.press("2")
    leave(battle)
    battle.wait_for_url(lambda url: url != address)
    # Nobody waits for the vote that a page sends as it goes: the next page can be asked for before it has come.
    eventually(lambda: "data-reveal" in battle.request.get(address).text(), within=30, what="the vote was cast")


def test_every_key_in_the_list_of_keys_is_one_that_works(battle):
    battle.keyboard.press("?")
    keys = battle.locator("[data-keys-dialog] kbd").all_inner_texts()
    assert keys == ["1", "2", "3", "4", "←", "→", "Enter", "Esc", "Shift", "Enter"]
    battle.keyboard.press("Escape")
    expect(battle.locator("[data-keys-dialog]")).to_be_hidden()


def test_digits_in_a_text_or_in_half_a_syllable_choose_nothing(battle):
    battle.evaluate(COMPOSING_DIGIT)
    assert armed(battle) == []
    battle.get_by_label("Your next prompt").press_sequentially("1 and 2?")
    assert armed(battle) == []
    expect(battle.get_by_label("Your next prompt")).to_have_value("1 and 2?")
