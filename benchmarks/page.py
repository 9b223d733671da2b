"""The smoothness of a long battle while it is written: `python -m benchmarks.page [--seconds 15]`.

A page in Chromium holds 20 turns of 2,000 tokens a side; both sides of the last one are being written, by the recorded
backend at 40 tokens a second, with headings, lists, code, tables and formulas. Printed, of that time:

frame work      milliseconds that the main thread was busy between two frames: median, p95 (bar: 16), longest.
longest task    the longest that it was busy in one piece: what a keystroke may have to wait.
layout shift    the browser's own measure, summed over the answers; the bar is 0.
"""

import argparse
import json
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.provide import chromium
from tests.running import RunningArena

BAR_MS = 16.0
CHARACTERS = 8_000
CHARACTERS_A_SECOND = 160
DONE_TURNS = 19
CATEGORIES = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"]
PART = r"""## Part {n}: why the tide comes twice

The pull falls with the cube of the distance, $a = 2GMr/d^3$, so **the moon** leads and the sun follows, `{n}` times.

- The near side is pulled more than the middle of the Earth.
- The far side is pulled less, and so it is left behind:
  - that makes a second bulge.

```python
def tide(mass: float, distance: float) -> str:
    # part {n}
    return f"{2 * mass / distance ** 3:.2f}" if distance else "none"
```

| Body | Pull | Distance |
|---|---|---|
| Moon | 69 % | 384 400 km |
| Sun | 31 % | 149 600 000 km |

$$\int_0^{n} e^{-x^2}\,dx = \frac{1}{2}$$

"""
TEXT = "".join(PART.replace("{n}", str(n)) for n in range(40))[:CHARACTERS]
ENTRIES = """
import json
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for slug in ("first", "second"):
    fields = {"backend": "recorded", "options": {"text": json.loads(%r)}, "state": "active", "context_tokens": 10**6}
    M.objects.update_or_create(slug=slug, defaults=fields)
"""
EARLIER_TURNS = """
import json
from arena.models import Answer, Battle, Turn
battle, text = Battle.objects.get(), json.loads(%r)
answers = list(Answer.objects.all())
Answer.objects.update(text=text)
for number in range(2, %d):
    turn = Turn.objects.create(battle=battle, number=number, user_text="And then?", created=battle.created)
    for answer in answers:
        answer.pk, answer.turn, answer.text = None, turn, text
        answer.save()
"""
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter(
  (e) => e.sources.some(({ node }) => (node?.parentElement ?? node)?.closest?.("[data-text]"))).map((e) => e.value)))
  .observe({ type: "layout-shift", buffered: true });"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15.0, help="how long to look (default 15)")
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, chromium.opened() as browser:
        arena = RunningArena(Path(folder) / "var", ARENA_RECORDED_RATE=str(CHARACTERS_A_SECOND))
        try:
            _report(*_watched(arena, browser, seconds))
        finally:
            arena.stop()


def _watched(arena: RunningArena, browser: Browser, seconds: float) -> tuple[list[dict[str, Any]], list[float]]:
    """Return what the browser traced, and the layout shifts, while the last turn of the long battle was written."""
    page = browser.new_page(base_url=arena.url, viewport={"width": 1280, "height": 900})
    page.add_init_script(SHIFTS)
    _run(arena, ENTRIES % json.dumps("Short."))
    page.goto("/")
    _ask(page, "Your prompt", "Start battle", "What makes the tide?")
    expect(page.get_by_role("button", name="Tie")).to_be_enabled(timeout=60_000)
    _run(arena, ENTRIES % json.dumps(TEXT))
    _run(arena, EARLIER_TURNS % (json.dumps(TEXT), DONE_TURNS + 1))
    page.reload()
    _ask(page, "Your next prompt", "Send", "And in short?")
    last = page.locator(".turn:last-of-type .answer")
    expect(last.locator("[data-text] > h4")).to_have_count(2, timeout=60_000)
    last.first.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    page.evaluate("window.shifts = []")
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.wait_for_timeout(seconds * 1000)
    traced = json.loads(browser.stop_tracing())["traceEvents"]
    assert page.locator(".answer[aria-busy=true]").count() == 2, "an answer ended too early"
    return traced, page.evaluate("window.shifts")


def _ask(page: Page, label: str, button: str, prompt: str) -> None:
    page.get_by_label(label).fill(prompt)
    page.get_by_role("button", name=button).click()


def _run(arena: RunningArena, code: str) -> None:
    arena.manage("shell", "--verbosity=0", "--command", code)


def _report(traced: list[dict[str, Any]], shifts: list[float]) -> None:
    tasks, frames = _main_thread(traced)
    work = [sum(took for at, took in tasks if start <= at < end) / 1e3 for start, end in pairwise(frames)]
    p95 = quantiles(work, n=20)[-1]
    print(f"{len(work)} frames, {len(tasks)} tasks of the page's main thread")
    print(f"frame work     median {median(work):.1f}  p95 {p95:.1f}  longest {max(work):.1f} ms  (bar {BAR_MS:.0f})")
    print(f"longest task   {max(took for _, took in tasks) / 1e3:.1f} ms")
    print(f"layout shift   {sum(shifts):.4f}")


def _main_thread(traced: list[dict[str, Any]]) -> tuple[list[tuple[int, int]], list[int]]:
    """Return (start, length) of the tasks of the page's main thread, and when its frames were done, in microseconds."""
    commits = [event for event in traced if event["name"] == "Commit"]
    thread = Counter(map(_thread, commits)).most_common(1)[0][0]
    tasks = [event for event in traced if event["name"] == "RunTask" and _thread(event) == thread]
    frames = sorted(event["ts"] for event in commits if _thread(event) == thread)
    return [(task["ts"], task.get("dur", 0)) for task in tasks], frames


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


if __name__ == "__main__":
    main()
