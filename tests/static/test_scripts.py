"""The cases of the scripts, in one page of Chromium that has the modules as they are in arena/static."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

from tests.provide.chromium import opened

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FILES = sorted(path for path in HERE.glob("*.js") if path.name != "cases.js")
RUN = """async (files) => {
  const { outcomes } = await import("/tests/static/cases.js");
  const found = [];
  for (const file of files) {
    await import(`/tests/static/${file}`);
    for (const [name, problem] of await outcomes()) found.push([`${file}: ${name}`, problem]);
  }
  return found;
}"""


def _names() -> list[str]:
    """Found in the text, so that each case is a test before there is a browser."""
    names = ((file.name, re.findall(r'^test\(\s*"([^"]+)"', file.read_text("utf-8"), re.MULTILINE)) for file in FILES)
    return [f"{file}: {name}" for file, found in names for name in found]


def _serve(route: Route) -> None:
    """Scripts come from the folders where they lie; the page itself is empty, and nothing comes from a network."""
    path = urlsplit(route.request.url).path
    if path.endswith(".js"):
        route.fulfill(path=f"{ROOT}{path}")
    else:
        route.fulfill(body="<!doctype html><title>Cases</title>", content_type="text/html")


@pytest.fixture(scope="module")
def outcomes(chromium: str) -> dict[str, str]:
    """What was wrong with each case, empty where nothing was."""
    with opened(chromium) as browser:
        page = browser.new_page()
        page.route("**/*", _serve)
        page.goto("http://localhost/")
        found: list[Any] = page.evaluate(RUN, [file.name for file in FILES])
    assert len(found) == len(dict(found)), "two cases of one file have the same name"
    return dict(found)


@pytest.mark.parametrize("name", _names())
def test_script(outcomes, name):
    assert outcomes[name] == ""


def test_each_case_that_ran_is_a_test(outcomes):
    assert sorted(outcomes) == sorted(_names())
