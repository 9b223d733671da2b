"""A local model, the same with an adapter, and one behind a real llama.cpp server meet in the browser."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.backends.test_openai_http_peer import SERVER
from tests.running import RunningArena, eventually

pytestmark = pytest.mark.slow
ENTRIES = ("smollm2-135m-instruct", "agon-steps", "peer")
PEER = """
[[entry]]
slug = "{slug}"
display_name = "SmolLM2 135M, llama.cpp"
organisation = "Hugging Face"
licence = "Apache-2.0"
kind = "configuration"
backend = "openai"
context_tokens = 1024
max_new_tokens = 96
[entry.options]
base_url = "{url}/v1"
model = "small"
"""
SETTLED = "[name=choice]:enabled, [data-failed-notice]"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """An arena of these three."""
    if find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: there is no wheel of it for this machine")
    folder = tmp_path_factory.mktemp("mixed")
    arena = RunningArena(folder / "var", ARENA_OPEN_BATTLES="50", ARENA_PAIRING="uniform")
    with served(arena, folder, "peer"):
        arena.shorten_answers(32)
        paused = ("agon-small-llama", "smollm2-135m-instruct-sentence", "smollm2-135m-instruct-hot")
        arena.manage("models", "pause", *paused)
        yield arena
        arena.stop()


@contextmanager
def served(arena, folder, slug) -> Iterator[subprocess.Popen[str]]:
    """A llama.cpp server behind an entry of the arena."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", SERVER], text=True, **pipes) as server:
        catalogue = folder / f"{slug}.toml"
        catalogue.write_text(PEER.format(slug=slug, url=server.stdout.readline().strip()))
        arena.manage("models", "add", str(catalogue))
        yield server
        server.kill()


def play(page: Page, arena, prompt):
    """The slugs of both sides, in a battle that was played to its vote."""
    page.goto(arena.url)
    page.get_by_label("Your prompt").fill(prompt)
    page.get_by_role("button", name="Start battle").click()
    page.wait_for_selector("[name=choice]:enabled", timeout=120_000)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-reveal]")).to_be_visible()
    return both(page, arena)


def both(page, arena):
    battle = page.url.split("/")[-2].replace("-", "")
    slugs = "select a.slug, b.slug from arena_battle x join arena_languagemodel a on a.id = x.model_a_id"
    slugs += " join arena_languagemodel b on b.id = x.model_b_id where x.id = ?"
    return frozenset(arena.rows(slugs, battle)[0])


def test_each_of_the_three_meets_each_other(mixed, browser):
    arena = mixed
    page = browser.new_context(base_url=arena.url).new_page()
    pairs: set[frozenset[str]] = set()
    for number in range(2, 22):
        pairs.add(play(page, arena, f"Name {number} things that float."))
        if len(pairs) == 3:
            break
    assert {slug for pair in pairs for slug in pair} == set(ENTRIES)
    assert len(pairs) == 3


def test_both_sides_stop_within_half_a_second_and_keep_their_text(mixed, browser):
    arena = mixed
    page = browser.new_context(base_url=arena.url).new_page()
    page.goto(arena.url)
    page.get_by_label("Your prompt").fill("Write a long story about a lighthouse keeper.")
    page.get_by_role("button", name="Start battle").click()
    expect(page.locator("[data-text]", has_text="e").first).to_be_visible(timeout=60_000)
    milliseconds = page.evaluate(STOP)
    print(f"both had stopped after {milliseconds:.0f} ms")
    assert milliseconds < 2000  # 500 are the aim, and 100 to 300 usual on an idle machine
    assert page.locator("[data-answer][data-state=stopped]").count() >= 1
    page.wait_for_selector(SETTLED)
    assert any(len(text.inner_text()) > 3 for text in page.locator("[data-text]").all())


STOP = """new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    const running = ["pending", "thinking", "streaming"];
    if ([...document.querySelectorAll("[data-answer]")].some((a) => running.includes(a.dataset.state))) return;
    resolve(performance.now() - began);
  };
  new MutationObserver(look).observe(document, { subtree: true, attributes: true });
  document.querySelector("[data-stop]").click();
})"""


def test_a_dead_server_leaves_the_draw_after_three_failures(mixed, browser, tmp_path):
    arena = mixed
    arena.manage("models", "pause", "peer")
    with served(arena, tmp_path, "mortal") as server:
        server.kill()
        server.wait()
        leaves_the_draw(arena, browser)
    arena.manage("models", "retire", "mortal")
    arena.manage("models", "resume", "peer")


def leaves_the_draw(arena, browser):
    page = browser.new_context(base_url=arena.url).new_page()
    failures = 0
    for number in range(20):
        page.goto(arena.url)
        page.get_by_label("Your prompt").fill(f"Name {number + 2} fruits.")
        page.get_by_role("button", name="Start battle").click()
        page.wait_for_selector(SETTLED, timeout=60_000)
        failures += page.locator("[data-failed-notice]").count()
        if failures == 3:
            break
    assert failures == 3
    met = {slug for number in range(3) for slug in play(page, arena, f"Name {number + 2} trees.")}
    assert "mortal" not in met
    eventually(lambda: "rests" in "".join(arena.output), within=30, what="the log says so")
