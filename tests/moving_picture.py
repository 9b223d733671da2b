"""The moving picture of the README, docs/images/battle.webp: a battle of the demo, from the prompt to the names.

`make screenshots` renews it. Chromium gives the frames, Pillow joins them.
"""

import io
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, ViewportSize

from tests.provide import chromium
from tests.running import ROOT, RunningArena

PICTURE = ROOT / "docs" / "images" / "battle.webp"
SIZE: ViewportSize = {"width": 1000, "height": 720}
MOST_BYTES = 1_500_000
#: Two good ones; the others rest, so that it is these two who meet.
MODELS = ("bramblewick-2-large", "quillhaven-70b")
PROMPT = "Why is the sky blue?"
#: Seconds that a reader needs; a busy machine makes no frame longer than LONGEST.
LOOK, LAST_LOOK, LONGEST = 1.6, 4.0, 0.4
#: After so many rounds it stands still on the names.
ROUNDS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium.opened() as browser:
        arena = RunningArena(Path(folder) / "var", ARENA_DEMO="yes", ARENA_RECORDED_RATE="160")
        try:
            _let_two_play(arena)
            page = browser.new_page(base_url=arena.url, viewport=SIZE, color_scheme="light", locale="en")
            film = Film(page)
            _play(page, film)
        finally:
            arena.stop()
    film.save(PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


def _let_two_play(arena: RunningArena) -> None:
    code = f"from arena.models import LanguageModel as M; M.objects.exclude(slug__in={MODELS}).update(state='paused')"
    arena.manage("shell", "--verbosity=0", "--command", code)


def _play(page: Page, film: "Film") -> None:
    prompt = page.get_by_role("button", name=PROMPT)
    page.goto("/")
    while not prompt.is_visible():
        page.get_by_role("link", name="Show other prompts").click()
    film.hold(LOOK)
    prompt.hover()
    film.hold(0.6)
    prompt.click()
    film.until(page.locator("[name=choice]:enabled").first)
    film.hold(LOOK)
    better = page.get_by_role("button", name="A is better")
    better.hover()
    film.hold(0.6)
    better.click()
    film.until(page.locator("[data-reveal]"))
    film.hold(LOOK)
    film.until(page.get_by_text("The board has counted your vote."))
    film.hold(LAST_LOOK)


class Film:
    """What a page shows, frame by frame, each for as long as it was to be seen."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []
        self._seconds: list[float] = []
        self._shown: bytes = b""

    def hold(self, seconds: float) -> None:
        """Show what is there now for so long."""
        self._shoot(seconds)

    def until(self, end: Locator) -> None:
        """Follow the page until this can be seen."""
        while not end.is_visible():
            began = time.monotonic()
            self._shoot(0.0)
            self._seconds[-1] += min(time.monotonic() - began, LONGEST)

    def save(self, path: Path) -> None:
        """Write the frames as an animated WebP. Raises AssertionError where it is too large for a README."""
        first, *others = self._frames
        durations = [round(seconds * 1000) for seconds in self._seconds]
        first.save(path, save_all=True, append_images=others, duration=durations, loop=ROUNDS, quality=62, method=4)
        assert path.stat().st_size <= MOST_BYTES, f"{path.stat().st_size} bytes"

    def _shoot(self, seconds: float) -> None:
        shown = self._page.screenshot()
        if shown == self._shown:
            self._seconds[-1] += seconds
            return
        self._shown = shown
        self._frames.append(Image.open(io.BytesIO(shown)).convert("RGB"))
        self._seconds.append(seconds)


if __name__ == "__main__":
    main()
