"""The cost of a first visit to a page: `python -m benchmarks.first_load`.

Starts a whole arena and opens each page in a browser that has never been there, over loopback.

transferred   bytes over the network, as compressed, of the page and all that it loads
interactive   from the request until the page is parsed, its scripts have run and nothing keeps the main thread busy
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from tests.provide import chromium
from tests.running import RunningArena

BAR_KILOBYTES, BAR_SECONDS = 150, 1.0
VISITS = 7
ENTRIES = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for name in ("first", "second"):
    M.objects.create(slug=name, display_name=name, backend="recorded", options={"text": "A short answer."})
"""
#: The end of the last long task, or of the loading of scripts where there is none after it, in milliseconds.
INTERACTIVE = """new Promise((resolve) => {
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: "longtask", buffered: true });
  setTimeout(() => {
    const [page] = performance.getEntriesByType("navigation");
    resolve(Math.max(page.domContentLoadedEventEnd, ...tasks.map((task) => task.startTime + task.duration)));
  }, 500);
})"""


@dataclass(frozen=True)
class Visit:
    kilobytes: float
    seconds: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium.opened() as browser:
        arena = RunningArena(Path(folder) / "var", ARENA_OPEN_BATTLES="100")
        try:
            arena.manage("shell", "--verbosity=0", "--command", ENTRIES)
            pages = {"start": "/", "leaderboard": "/leaderboard/", "battle": None}
            for name, address in pages.items():
                _report(name, [_visit(arena, browser, address) for _ in range(VISITS)])
        finally:
            arena.stop()


def _visit(arena: RunningArena, browser: Browser, address: str | None) -> Visit:
    """Return the cost for a visitor without a cache.

    No address: the page of a battle that has ended, opened by its voter.
    """
    context = browser.new_context(base_url=arena.url)
    page = context.new_page()
    if address is None:
        page.goto("/")
        page.locator("#prompt").fill("A prompt")
        page.locator(".prompt-form [type=submit]").click()
        page.locator("[name=choice]:enabled").first.wait_for()
        address = page.url
        page.close()
        page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.clearBrowserCache")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    milliseconds = page.evaluate(INTERACTIVE)
    context.close()
    return Visit(sum(sizes) / 1000, milliseconds / 1000)


def _report(name: str, visits: list[Visit]) -> None:
    kilobytes, seconds = median(v.kilobytes for v in visits), median(v.seconds for v in visits)
    print(
        f"{name:12} transferred {kilobytes:5.1f} kB (bar {BAR_KILOBYTES})   "
        f"interactive after {seconds:.2f} s, at worst {max(v.seconds for v in visits):.2f} s (bar {BAR_SECONDS:.0f})"
    )


if __name__ == "__main__":
    main()
