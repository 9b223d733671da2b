"""What a visitor sees while two real models write, in an arena with all its processes."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.answers.shown import Shown
from tests.browser.playing import LONG, frames_of, start, wait_until_answered
from tests.running import BRIEF


@pytest.fixture
def site(arena):
    return arena


@pytest.fixture(scope="module", autouse=True)
def _long_answers(arena):
    """Without the entries whose answers may be a word, or are whole before the other side has begun."""
    arena.manage("models", "pause", *BRIEF)
    yield
    arena.manage("models", "resume", *BRIEF)


def test_a_visitor_plays_a_battle_with_real_models_and_finds_the_vote_on_the_board(page, browser, arena):
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
    expect(page.get_by_role("heading", name="You preferred")).to_be_visible()
    assert page.locator(".card__name").count() == 2
    expect(board.locator("[data-board-facts]")).to_contain_text(f"{before + 1} vote")
    slots = [frame["slot"] for frame in frames if frame.get("kind") == "text"]
    assert slots.index("b") < len(slots) - 1 - slots[::-1].index("a"), "the sides were written one after the other"
    assert slots.index("a") < len(slots) - 1 - slots[::-1].index("b"), "the sides were written one after the other"
    board.context.close()


def test_a_reload_in_the_middle_resumes_with_no_gap_and_no_repeat(page, arena):
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


def test_a_socket_that_is_cut_comes_again_with_no_gap_and_no_repeat(page):
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
    sent = Shown()
    for message in received:
        sent.add(message)
    for slot in "ab":
        shown = page.locator(f".answer--{slot} [data-text]").inner_text()
        letters = r"[^\W\d_]"  # the numbers of a list are none of its text
        assert len(shown) > 10
        assert "".join(re.findall(letters, sent.text(slot))) == "".join(re.findall(letters, shown))
