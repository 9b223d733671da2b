"""What a visitor does in a browser, and what a test then looks at."""

import json
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

#: Milliseconds that a real model may take for its answer on a busy machine.
LONG = 120_000


def start(page: Page, prompt: str = "Explain in a few sentences why the sea is salty.") -> None:
    page.goto("/")
    page.get_by_label("Your prompt").fill(prompt)
    page.get_by_role("button", name="Start battle").click()
    page.wait_for_url("**/battles/*/")


def show(page: Page, battle: dict[str, str]) -> None:
    """Open a battle as the one who started it. battle: one of those of tests.light_arena.rows."""
    domain = str(urlsplit(battle["address"]).hostname)
    page.context.add_cookies([{"name": "voter", "value": battle["cookie"], "domain": domain, "path": "/"}])
    page.goto(battle["address"])


def wait_until_answered(page: Page, with_scripts: bool = True) -> None:
    """Return when there can be a vote, and by key too: the scripts show their button once they listen."""
    expect(page.get_by_role("button", name="Tie")).to_be_enabled(timeout=LONG)
    if with_scripts:
        expect(page.locator("[data-keys]:not([hidden])")).to_be_attached()


def violations(page: Page) -> list[Any]:
    """What axe finds, of any impact."""
    return [
        (found["id"], [node["html"] for node in found["nodes"]]) for found in Axe().run(page).response["violations"]
    ]


def frames_of(page: Page) -> list[dict[str, Any]]:
    """All that sockets bring from now on."""
    frames: list[dict[str, Any]] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda data: frames.append(json.loads(data))))
    return frames


def posts_of(page: Page) -> list[str]:
    """The addresses of all forms that are sent from now on; complete after `a_later_request`."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def a_later_request(page: Page) -> None:
    """Return when a request of the page is answered: what the page asked for before it has been seen by then."""
    assert page.evaluate("fetch('/terms/').then((response) => response.status)") == 200
