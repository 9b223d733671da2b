"""Pictures of every page and state, to be looked at: `make screenshots` writes them to var/screenshots/.

Starts a whole arena with recorded answers and votes that a script casts. --readme renews those in docs/images as well.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from tests.provide import chromium
from tests.running import ROOT, RunningArena

FOLDER = ROOT / "var" / "screenshots"
IMAGES = ROOT / "docs" / "images"
WIDTHS = {1280: 800, 390: 844, 320: 640}
PAGES = {
    "start": "/",
    "start-topic": "/?topic=code",
    "chat": "/chat/",
    "board": "/leaderboard/",
    "pictures": "/leaderboard/pictures/",
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
#: Of the pictures, those that the README shows.
README = {"done-1280-light-en": "battle", "board-1280-light-en": "board", "voted-390-dark-ko": "phone"}
PROMPT = {"en": "Why is the sea salty?", "ko": "바닷물은 왜 짠가요?"}
LONG = """Salt in the sea comes **mostly from rocks on land**. Rain is slightly acidic, and it dissolves minerals as \
it runs over stone.

1. Rain dissolves minerals in rocks.
2. Rivers carry the dissolved salts to the sea.
3. Water evaporates, and the salt stays behind.

| Source | Share |
|---|---|
| Rivers | most of it |
| Vents on the sea floor | the rest |

```python
def salinity(salt: float, water: float) -> float:
    return salt / (salt + water)
```

The balance is slow: $t = m / r$, some hundred million years for sodium."""
SHORT = """The sea is salty because rivers carry dissolved minerals from rocks into it. Rain dissolves a little of \
the stone that it runs over, and the water that leaves the sea as vapour leaves the salt behind. Over millions of \
years this has added up.

Vents on the sea floor add minerals too."""
#: slug: name, organisation, licence, kind, backend, text. Strengths are the order.
MODELS = {
    "heron": ("Heron 7B", "Riverside Lab", "Apache-2.0", "model", LONG),
    "otter": ("Otter 3B", "Riverside Lab", "MIT", "model", SHORT),
    "wren": ("Wren 1B", "Hedge Collective", "Apache-2.0", "fine_tune", SHORT),
    "toad": (
        "Toad 500M",
        "Hedge Collective",
        "CC BY 4.0",
        "model",
        "The rocks are salty, the rivers bring it. " * 4,
    ),
    "newt": ("Newt 135M, hot", "Pond", "Apache-2.0", "configuration", "It is the salt salt of the sea sea. " * 6),
}
SEED = """
import json, random
from datetime import timedelta
from django.utils import timezone
from arena.actions.cast_vote import cast_vote
from arena.actions.give_reasons import give_reasons
from arena.actions.publish_leaderboard import publish_leaderboard
from arena.models import Choice, LanguageModel as M
from tests.factories import make_battle
M.objects.update(state="paused")
for slug, (name, organisation, licence, kind, text) in json.loads({models!r}).items():
    fields = dict(display_name=name, organisation=organisation, licence=licence, kind=kind, options=dict(text=text))
    M.objects.create(slug=slug, backend="recorded", description="A model that knows about water.", **fields)
rng, now, entries = random.Random(7), timezone.now(), list(M.objects.filter(state="active").order_by("pk"))
for number in range(260):
    (i, a), (j, b) = rng.sample(list(enumerate(entries)), 2)
    wins = rng.random() < 1 / (1 + 2.0 ** (i - j))
    choice = rng.choices(["model_a" if wins else "model_b", "tie", "both_bad"], [8, 1, 1])[0]
    then = now - timedelta(hours=260 - number)
    vote = cast_vote(make_battle(a, b), Choice(choice), now=then)
    tags = rng.sample(["clear", "complete", "accurate", "dull"], 2)
    give_reasons(vote, dict(a=tags[:1], b=tags[1:]), "", now=then)
    if number % 8 == 7:
        publish_leaderboard(now=then)
publish_leaderboard(now=now)
"""
#: Nobody listens at that port. After three failures the entry rests, and no battle can begin.
FAIL = """
from arena.models import LanguageModel as M
M.objects.exclude(slug__in=("heron", "otter")).update(state="paused")
M.objects.filter(slug="heron").update(backend="openai", options=dict(base_url="http://127.0.0.1:9/v1", model="none"))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readme", action="store_true", help="renew the pictures in docs/images")
    renews = parser.parse_args().readme
    shutil.rmtree(FOLDER, ignore_errors=True)
    with _arena() as arena, chromium.opened() as browser:
        for (width, height), theme, language in product(WIDTHS.items(), ("light", "dark"), ("en", "ko")):
            print(f"{width} px, {theme}, {language}", flush=True)
            with Visitor(arena, browser, View(width, height, theme, language)) as visitor:
                _take(visitor)
        _run(arena, FAIL)
        for view in (View(1280, 800, "light", "en"), View(390, 844, "dark", "ko"), View(320, 640, "light", "en")):
            with Visitor(arena, browser, view) as visitor:
                _take_failure(visitor)
    if renews:
        for picture, name in README.items():
            shutil.copy(FOLDER / f"{picture}.png", IMAGES / f"{name}.png")
    print(f"{len(list(FOLDER.iterdir()))} pictures are in {FOLDER.relative_to(ROOT)}")


@contextmanager
def _arena() -> Iterator[RunningArena]:
    with tempfile.TemporaryDirectory() as folder:
        more = {"ARENA_OPEN_BATTLES": "500", "ARENA_RECORDED_RATE": "150", "ARENA_PAIRING": "uniform"}
        arena = RunningArena(Path(folder) / "var", **more)
        try:
            _run(arena, SEED.format(models=json.dumps(MODELS)))
            yield arena
        finally:
            arena.stop()


@dataclass(frozen=True)
class View:
    width: int
    height: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


def _take(visitor: "Visitor") -> None:
    visitor.start()
    visitor.page.locator("[data-answer][data-state=streaming]").first.wait_for()
    visitor.page.wait_for_timeout(400)
    visitor.shoot("streaming", whole=False)
    visitor.page.locator("[name=choice]:enabled").first.wait_for()
    visitor.shoot("done", whole=False)
    visitor.page.locator("[name=choice]").first.click()
    visitor.shoot("armed", whole=False)
    visitor.page.locator("[data-reveal]").wait_for()
    visitor.shoot("voted")
    visitor.page.locator(".share summary").click()
    visitor.page.locator(".share form [type=submit]").click()
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
    visitor.page.goto("/leaderboard/")
    visitor.page.locator("[data-board-facts] a").click()
    visitor.shoot("snapshot")


def _take_failure(visitor: "Visitor") -> None:
    visitor.start()
    visitor.page.locator("[data-failed-notice]").wait_for()
    visitor.shoot("failed")


class Visitor:
    """Somebody with an own cookie, screen and language."""

    def __init__(self, arena: RunningArena, browser: Browser, view: View) -> None:
        self._view = view
        size = {"width": view.width, "height": view.height}
        self._context = browser.new_context(
            base_url=arena.url,
            viewport=size,
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
        self.page.goto("/chat/")
        self.page.locator("#model").select_option(model)
        self.page.locator("#rival").select_option(rival)
        self.page.locator("#prompt").fill(PROMPT[self._view.language])
        self.page.locator(".prompt-form [type=submit]").click()

    def shoot(self, state: str, *, whole: bool = True) -> None:
        """A picture; a page that is wider than its screen is an error."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=FOLDER / f"{state}-{self._view}.png", full_page=whole)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= self._view.width, f"{state}: {wide} px wide on a screen of {self._view.width}"


def _run(arena: RunningArena, code: str) -> None:
    arena.manage("shell", "--verbosity=0", "--command", code)


if __name__ == "__main__":
    main()
