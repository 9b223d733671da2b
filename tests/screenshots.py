"""Screenshots of every page and state, to be looked at: `make screenshots` writes them to var/screenshots/.

Starts a whole arena with recorded answers and votes that a script casts. --readme renews those in docs/images as well.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser

from tests.provide import chromium
from tests.running import ROOT, RunningArena

FOLDER = ROOT / "var" / "screenshots"
IMAGES = ROOT / "docs" / "images"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1280: 800, 390: 844, 320: 640}
COLUMNS = (
    "interval style simultaneous above_next elo votes win_rate both_bad organisation licence kind parameters speed"
)
PAGES = {
    "start": "/",
    "start-topic": "/?topic=code",
    "chat": "/chat/",
    "two": "/side-by-side/",
    "board": "/leaderboard/",
    "board-code": "/leaderboard/?category=code",
    "board-style": "/leaderboard/?category=style",
    "board-search": "/leaderboard/?search=river",
    "board-columns": f"/leaderboard/?{'&'.join(f'columns={name}' for name in COLUMNS.split())}",
    "overview": "/leaderboard/overview/",
    "charts": "/leaderboard/charts/",
    "benchmarks": "/benchmarks/",
    "model": "/models/otter/",
    "head-to-head": "/models/otter/vs/heron/",
    "choose-pair": "/head-to-head/",
    "transparency": "/transparency/",
    "how-it-works": "/how-it-works/",
    "terms": "/terms/",
    "privacy": "/privacy/",
    "api": "/api/v1/docs",
    "recorded": "/recorded/",
    "history": "/history/",
    "own-board": "/history/board/",
    "delete": "/history/delete/",
    "lost": "/nowhere/",
}
#: Of the screenshots, those that the README shows.
README = {
    "board-1280-light-en": "board",
    "charts-first-1280-light-en": "charts",
    "reveal-390-dark-ko": "phone",
}
PROMPT = {"en": "Why is the sea salty?", "ko": "바닷물은 왜 짠가요?"}
#: Nobody listens at that port. After three failures the entry rests, and no battle can begin.
FAIL = """
from arena.models import LanguageModel as M
M.objects.exclude(slug__in=("heron", "otter")).update(state="paused")
M.objects.filter(slug="heron").update(backend="openai", options=dict(base_url="http://127.0.0.1:9/v1", model="none"))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readme", action="store_true", help="renew the screenshots in docs/images")
    renews = parser.parse_args().readme
    shutil.rmtree(FOLDER, ignore_errors=True)
    with _arena() as arena, chromium.opened() as browser:
        for (width, height), theme, language in product(WIDTHS.items(), THEMES, ("en", "ko")):
            print(f"{width} px, {theme}, {language}", flush=True)
            with Visitor(arena, browser, View(width, height, theme, language)) as visitor:
                _take(visitor)
        _run(arena, FAIL)
        for view in (View(1280, 800, "light", "en"), View(390, 844, "dark", "ko"), View(320, 640, "light", "en")):
            with Visitor(arena, browser, view) as visitor:
                _take_failure(visitor)
    if renews:
        for shot, name in README.items():
            shutil.copy(FOLDER / f"{shot}.png", IMAGES / f"{name}.png")
    print(f"{len(list(FOLDER.iterdir()))} screenshots are in {FOLDER.relative_to(ROOT)}")


@contextmanager
def _arena() -> Iterator[RunningArena]:
    with tempfile.TemporaryDirectory() as folder:
        more = {"ARENA_OPEN_BATTLES": "500", "ARENA_RECORDED_RATE": "150", "ARENA_PAIRING": "uniform"}
        arena = RunningArena(Path(folder) / "var", **more)
        try:
            _run(arena, "from tests.sample_board import seed; seed()")
            yield arena
        finally:
            arena.stop()


@dataclass(frozen=True)
class View:
    width: int
    height: int
    theme: Literal["light", "dark"]
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


def _take(visitor: "Visitor") -> None:
    visitor.start()
    visitor.page.locator("[data-text]:not(:empty)").first.wait_for()
    visitor.page.wait_for_timeout(400)
    visitor.shoot("streaming", whole=False)
    visitor.page.locator("[name=choice]:enabled").first.wait_for()
    visitor.shoot("done", whole=False)
    visitor.page.locator("[name=choice]").first.click()
    visitor.shoot("armed", whole=False)
    visitor.page.locator("[data-reveal]").wait_for()
    visitor.shoot("reveal", whole=False)
    visitor.shoot("voted")
    visitor.page.locator(".share summary").click()
    visitor.page.locator(".share form .button").click()
    visitor.page.locator("#shared-at").wait_for()
    visitor.shoot("sharing")
    visitor.page.goto(visitor.page.locator("#shared-at").input_value())
    visitor.shoot("shared")
    visitor.start_chat("otter")
    visitor.page.locator("[data-answer][data-state=done]").wait_for()
    visitor.page.wait_for_timeout(300)
    visitor.shoot("direct")
    visitor.start_chat("otter", "wren")
    visitor.page.locator("[name=choice]:enabled").first.wait_for()
    visitor.shoot("side-by-side", whole=False)
    visitor.page.locator("[name=choice]").first.click()
    visitor.page.locator("[data-reveal]").wait_for()
    visitor.shoot("kept-apart")
    for _ in range(4):
        visitor.start()
        visitor.page.locator("[name=choice]:enabled").first.wait_for()
        visitor.page.keyboard.press("1")
        visitor.page.keyboard.press("Enter")
        visitor.page.locator("[data-reveal]").wait_for()
    for name, address in PAGES.items():
        visitor.page.goto(address)
        visitor.shoot(name)
    visitor.page.goto("/leaderboard/charts/")
    visitor.shoot("charts-first", whole=False)
    visitor.page.goto("/leaderboard/")
    visitor.page.locator("[data-board-facts] a").click()
    visitor.shoot("snapshot")
    visitor.page.goto("/leaderboard/")
    for summary in visitor.page.locator("main summary:visible").all():
        summary.click()
    visitor.shoot("board-open")


def _take_failure(visitor: "Visitor") -> None:
    visitor.start()
    visitor.page.locator("[data-failed-notice]").wait_for()
    visitor.shoot("failed")


class Visitor:
    """Somebody with an own cookie, screen and language."""

    def __init__(self, arena: RunningArena, browser: Browser, view: View) -> None:
        self._view = view
        self._context = browser.new_context(
            base_url=arena.url,
            viewport={"width": view.width, "height": view.height},
            color_scheme=view.theme,
            locale=view.language,
            has_touch=view.width < 700,
            is_mobile=view.width < 700,
        )
        self.page = self._context.new_page()

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def start(self) -> None:
        self.page.goto("/")
        self.page.locator("#prompt").fill(PROMPT[self._view.language])
        self.page.locator(".prompt-form [type=submit]").click()

    def start_chat(self, model: str, rival: str = "") -> None:
        self.page.goto("/side-by-side/" if rival else "/chat/")
        self.page.locator("#model").select_option(model)
        if rival:
            self.page.locator("#rival").select_option(rival)
        self.page.locator("#prompt").fill(PROMPT[self._view.language])
        self.page.locator(".prompt-form [type=submit]").click()

    def shoot(self, state: str, *, whole: bool = True) -> None:
        """Take a screenshot; a page that is wider than its screen is an error."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=FOLDER / f"{state}-{self._view}.png", full_page=whole)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self._view.width, f"{state}: {wide} px wide on a screen of {self._view.width}"


def _run(arena: RunningArena, code: str) -> None:
    arena.manage("shell", "--verbosity=0", "--command", code)


if __name__ == "__main__":
    main()
