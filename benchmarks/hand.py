"""How fast a battle answers to the hand: `python -m benchmarks.hand [--battles 20]`, part of `make bench-page`.

A visitor writes a prompt, asks both something more, votes by key and by click in turn and says why, in a light arena
with scripted models. Printed, over all battles:

interactions    milliseconds from a key or a click to the next paint (Event Timing): p95 (bar: 100), longest.
vote            the reply to a vote as it travels: bytes (bar: 6,000), milliseconds until it is there.
"""

import argparse
import tempfile
from pathlib import Path
from statistics import median

import django
from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.playing import start, wait_until_answered
from tests.provide import chromium
from tests.provide.environment import ENVIRONMENT

# Before anything reads the settings.
ENVIRONMENT.enter()
django.setup()

from tests.light_arena import rows  # noqa: E402
from tests.light_arena.running import LightArena  # noqa: E402

BAR_MS, BAR_BYTES = 100, 6_000
#: Shorter ones than 16 ms are counted and not timed.
SHORTEST_MS = 16
TIMED = """window.timed = new Map();
new PerformanceObserver((list) => list.getEntries().forEach(({ interactionId, duration }) => {
  if (interactionId) window.timed.set(interactionId, Math.max(duration, window.timed.get(interactionId) ?? 0));
})).observe({ type: "event", durationThreshold: 16, buffered: true });"""
FOUND = "[performance.interactionCount, [...window.timed.values()]]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--battles", type=int, default=20)
    battles = parser.parse_args().battles
    with tempfile.TemporaryDirectory() as folder:
        arena = LightArena(Path(folder))
        try:
            arena.do(rows.begin_anew)
            with chromium.opened() as browser:
                _report([_play(browser, arena.url, number) for number in range(battles)])
        finally:
            arena.stop()
            ENVIRONMENT.remove()


class Played:
    """One battle: the milliseconds of its interactions, and what the vote brought."""

    def __init__(self) -> None:
        self.interactions: list[float] = []
        self.bytes, self.ms = 0, 0.0


def _play(browser: Browser, url: str, number: int) -> Played:
    page, played = browser.new_page(base_url=url), Played()
    page.add_init_script(TIMED)
    page.on("response", lambda response: _note(response, played))
    start(page, "Name a colour.")
    wait_until_answered(page)
    _ask_more(page)
    if number % 2:
        page.keyboard.press("2")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="B is better").click()
    expect(page.locator("[data-reveal]")).to_be_visible()
    page.get_by_text("Say why").click()
    page.locator("[data-reasons] input[type=checkbox]").first.click()
    count, timed = page.evaluate(FOUND)
    played.interactions = [*timed, *[SHORTEST_MS] * max(0, count - len(timed))]
    page.close()
    return played


def _ask_more(page: Page) -> None:
    box = page.get_by_label("Your next prompt")
    if not box.is_visible():
        page.get_by_text("Ask both a follow-up").click()
    box.press_sequentially("And another one?")
    box.press("Control+Enter")
    expect(page.locator(".turn")).to_have_count(2)
    wait_until_answered(page)


def _note(response: Response, played: Played) -> None:
    if not response.url.endswith("/vote/"):
        return
    played.bytes = len(response.body())
    played.ms = response.request.timing["responseEnd"]


def _report(battles: list[Played]) -> None:
    durations = sorted(duration for played in battles for duration in played.interactions)
    p95 = durations[int(0.95 * len(durations))]
    print(f"interactions  {len(durations)}: p95 {p95:.0f} ms (bar {BAR_MS}), longest {durations[-1]:.0f} ms")
    bytes_, ms = max(played.bytes for played in battles), median(played.ms for played in battles)
    print(f"vote          {bytes_:,} bytes at most (bar {BAR_BYTES:,}), {ms:.0f} ms at the median")


if __name__ == "__main__":
    main()
