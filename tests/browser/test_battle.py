import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.running import BRIEF

LONG = 120_000


def start(page: Page, prompt="Explain in a few sentences why the sea is salty."):
    page.goto("/")
    page.get_by_label("Your prompt").fill(prompt)
    page.get_by_role("button", name="Start battle").click()
    page.wait_for_url("**/battles/*/")


def wait_until_answered(page: Page):
    expect(page.get_by_role("button", name="Tie")).to_be_enabled(timeout=LONG)


def violations(page: Page):
    """What axe finds, of any impact."""
    return [
        (found["id"], [node["html"] for node in found["nodes"]]) for found in Axe().run(page).response["violations"]
    ]


def frames_of(page: Page):
    frames = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(json.loads(data))))
    return frames


@pytest.fixture
def long_answers(arena):
    """Without the entries whose answers may be a word, or are whole before the other side has begun."""
    arena.manage("models", "pause", *BRIEF)
    yield
    arena.manage("models", "resume", *BRIEF)


def test_a_visitor_plays_a_battle_with_real_models_and_finds_the_vote_on_the_board(page, browser, arena, long_answers):
    board = browser.new_context(base_url=arena.url).new_page()
    board.goto("/leaderboard/")
    arena.wait_until_votes_are_counted()
    boards = arena.rows("select votes from arena_ratingsnapshot where category = 'overall' order by id desc limit 1")
    before = boards[0][0] if boards else 0
    frames = frames_of(page)
    start(page)
    expect(page.get_by_role("button", name="A is better")).to_be_disabled()
    wait_until_answered(page)
    for slot in "ab":
        assert len(page.locator(f".answer--{slot} [data-text]").inner_text()) > 10
    own_words = page.locator("body").inner_html()
    for text in page.locator("[data-text]").all():
        own_words = own_words.replace(text.inner_html(), "")
    assert "SmolLM" not in own_words
    page.get_by_role("button", name="A is better").click()
    expect(page.get_by_role("heading", name="Your vote: A is better.")).to_be_visible()
    assert page.locator(".card__name").count() == 2
    expect(board.locator("[data-board-facts]")).to_contain_text(f"{before + 1} vote", timeout=10_000)
    slots = [frame["slot"] for frame in frames if frame.get("kind") == "text"]
    assert slots.index("b") < len(slots) - 1 - slots[::-1].index("a"), "the sides were written one after the other"
    assert slots.index("a") < len(slots) - 1 - slots[::-1].index("b"), "the sides were written one after the other"
    board.context.close()


def test_a_reload_in_the_middle_resumes_with_no_gap_and_no_repeat(page, arena, long_answers):
    start(page, "Write a story about a lighthouse keeper who finds a message in a bottle.")
    expect(page.locator(".answer--a [data-text]")).to_contain_text(re.compile(r"[\s\S]{40}"), timeout=LONG)
    page.reload()
    wait_until_answered(page)
    streamed = {slot: page.locator(f".answer--{slot} [data-text]").inner_text() for slot in "ab"}
    page.reload()
    for slot, text in streamed.items():
        assert len(text) > 40
        assert page.locator(f".answer--{slot} [data-text]").inner_text() == text, "not what is stored"
    battle = page.url.rstrip("/").split("/")[-1].replace("-", "")
    attempts = "select a.attempt from arena_answer a join arena_turn t on t.id = a.turn_id where t.battle_id = ?"
    assert arena.rows(attempts, battle) == [(1,), (1,)]


def test_a_follow_up_goes_on_with_the_same_two(page):
    start(page, "Name a colour.")
    wait_until_answered(page)
    page.get_by_text("Ask both a follow-up").click()
    page.get_by_label("Your next prompt").fill("And another one?")
    page.get_by_role("button", name="Send to both").click()
    expect(page.locator(".turn")).to_have_count(2)
    wait_until_answered(page)
    assert page.locator(".answer[data-state=done]").count() == 4


@pytest.fixture
def silent_models(arena):
    """For a while only two entries answer: one with nothing at all, one never."""
    arena.manage("shell", "--verbosity=0", "--command", SILENCE)
    yield
    arena.manage("shell", "--verbosity=0", "--command", SPEECH)


SILENCE = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for slug, backend in (("broken", "no such backend"), ("empty", "recorded")):
    fields = {"display_name": slug, "backend": backend, "options": {"text": ""}, "state": "active"}
    M.objects.update_or_create(slug=slug, defaults=fields)
"""
SPEECH = """
from arena.models import LanguageModel as M
M.objects.filter(backend="transformers").update(state="active")
M.objects.exclude(backend="transformers").update(state="retired")
"""


def test_a_side_that_fails_says_so_live_and_can_be_started_again(page, silent_models):
    start(page, "Say hello.")
    notice = page.locator("[data-failed-notice]")
    expect(notice).to_contain_text("did not answer", timeout=15_000)
    expect(page.locator(".answer[data-state=failed]")).to_contain_text("This model did not answer.")
    expect(page.locator(".answer[data-state=done]")).to_contain_text("The answer is empty.")
    assert page.locator(".vote-bar").count() == 0
    assert violations(page) == []
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_contain_text("did not answer", timeout=15_000)
    page.get_by_role("link", name="New battle with this prompt").click()
    expect(page.get_by_label("Your prompt")).to_have_value("Say hello.")


def test_both_themes_and_the_switch(page):
    page.goto("/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch between light and dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_a_battle_can_be_played_by_keyboard_alone(page):
    page.goto("/")
    expect(page.get_by_label("Your prompt")).to_be_focused()
    page.keyboard.type("Say hello.")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/battles/*/")
    wait_until_answered(page)
    page.get_by_role("button", name="B is better").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_focused()


def test_the_invariants_hold_after_all_this(arena):
    arena.wait_until_votes_are_counted()
    assert "All invariants hold" in arena.manage("check_invariants")


def test_a_socket_that_is_cut_comes_again_with_no_gap_and_no_repeat(page, long_answers):
    connections, received = [], []

    def cut_the_first_after_five_messages(socket):
        connections.append(socket.url)
        server, left = socket.connect_to_server(), [5 if len(connections) == 1 else 10_000]

        def deliver(message):
            left[0] -= 1
            if left[0] < 0:
                return
            socket.send(message)
            received.append(json.loads(message))
            if left[0] == 0:
                socket.close(code=1012)

        server.on_message(deliver)

    page.route_web_socket("**/ws/battles/**", cut_the_first_after_five_messages)
    start(page, "Write a story about a lighthouse.")
    wait_until_answered(page)
    assert len(connections) > 1
    assert f"after={received[4]['id']}" in connections[1]
    for slot in "ab":
        events = [event for event in received if event.get("slot") == slot]
        written = "".join(event["text"] for event in events if event["kind"] == "text")
        shown = page.locator(f".answer--{slot} [data-text]").inner_text()
        assert len({event["id"] for event in events}) == len(events)
        letters = r"[^\W\d_]"  # the numbers of a list are none of its text
        assert "".join(re.findall(letters, written)) == "".join(re.findall(letters, shown))


def test_a_battle_can_be_played_without_javascript(browser, arena):
    context = browser.new_context(base_url=arena.url, java_script_enabled=False)
    page = context.new_page()
    start(page, "Say hello.")
    wait_until_answered(page)
    page.get_by_role("button", name="Both are bad").click()
    expect(page.get_by_role("heading", name="Your vote: Both are bad.")).to_be_visible()
    page.goto("/leaderboard/?sort=votes")
    expect(page.locator(".board__table tbody tr").first).to_be_visible()
    context.close()
