"""What Lighthouse gives each kind of page: `python -m benchmarks.lighthouse`, where there are node and npx.

Start page, a battle as its visitor sees it, the reveal, the leaderboard and a model's page of a light arena, as a phone
of the middle class. Printed: performance, accessibility, best practices and search engines, each of 100, and what costs
a point. Pages of one visitor's battle ask not to be indexed, which Lighthouse counts against them: that is left out.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from playwright.sync_api import Browser, expect

from tests.browser.playing import show
from tests.provide import chromium
from tests.provide.environment import ENVIRONMENT

# Before anything reads the settings.
ENVIRONMENT.enter()
django.setup()

from tests.light_arena import rows  # noqa: E402
from tests.light_arena.running import LightArena  # noqa: E402

LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
#: Not to be found by searching is what these pages are for.
NOT_ASKED = ("is-crawlable",)
MODEL = "/models/agon-steps/"
Page = tuple[str, str, str]


def main() -> int:
    """0; 1 where a page has less than 100 anywhere."""
    if not shutil.which("npx"):
        print("npx cannot be found: install node 18.20 or newer.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        arena = LightArena(Path(folder))
        try:
            with chromium.opened() as browser:
                pages = _pages(arena, browser)
            scores = [_measured(*page) for page in pages]
        finally:
            arena.stop()
            ENVIRONMENT.remove()
    return int(any(score < 1 for page in scores for score in page))


def _pages(arena: LightArena, browser: Browser) -> list[Page]:
    """The name, the address and the cookie of each page."""
    arena.do(rows.begin_anew)
    for _ in range(6):
        arena.do(rows.vote)
    arena.do(rows.publish)
    open_battle, voted = arena.do(rows.battle), arena.do(rows.battle)
    page = browser.new_page()
    show(page, voted)
    page.get_by_role("button", name="A is better").click()
    expect(page.locator("[data-reveal]")).to_be_visible()
    return [
        ("start", f"{arena.url}/", ""),
        ("battle", open_battle["address"], open_battle["cookie"]),
        ("reveal", voted["address"], voted["cookie"]),
        ("leaderboard", f"{arena.url}/leaderboard/", ""),
        ("model", f"{arena.url}{MODEL}", ""),
    ]


def _measured(name: str, address: str, cookie: str) -> list[float]:
    """The scores of the page, from 0 to 1, printed with what each lacks."""
    report = _report(address, cookie)
    categories = [report["categories"][category] for category in CATEGORIES]
    scores = [float(category["score"] or 0) for category in categories]
    print(f"{name:12}", *(f"{c['title']} {round(100 * s)}" for c, s in zip(categories, scores, strict=True)), sep="  ")
    for category in categories:
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                print(f"    {category['id']}: {audit['title']} {audit.get('displayValue', '')}")
    return scores


def _report(address: str, cookie: str) -> dict[str, Any]:
    command = ["npx", "--yes", LIGHTHOUSE, address, "--output=json", "--quiet", f"--skip-audits={','.join(NOT_ASKED)}"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox"]
    if cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': f'voter={cookie}'})}")
    environment = {"CHROME_PATH": chromium.provide()}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)
    if done.returncode:
        sys.exit(f"Lighthouse could not look at {address}:\n{done.stderr}")
    report: dict[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    sys.exit(main())
