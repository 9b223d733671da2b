"""A company's day in a browser: people sign in by the company's provider, battle, and one of them leaves.

DAY_SHOTS names a folder for screenshots of it.
"""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.light_arena import rows
from tests.light_arena.running import LightArena
from tests.provide.oidc import CLIENT, SECRET, provider

pytestmark = pytest.mark.slow

NAMES = ("ann", "ben", "cho", "dan", "eve", "fay")
PEOPLE = {
    name: {
        "sub": name,
        "email": f"{name}@company.example",
        "email_verified": True,
        "groups": ["dept-law" if name != "fay" else "dept-arts"],
    }
    for name in NAMES
}
PASSWORD = "an-uncommon-one-7"


class Day:
    """One arena and the browsers of its people. language: of all of them."""

    def __init__(self, chromium, arena, language):
        self.chromium, self.arena, self.language = chromium, arena, language
        self.shots = os.environ.get("DAY_SHOTS")

    @contextmanager
    def browser(self, path, **options):
        context = self.chromium.new_context(base_url=self.arena.url, locale=self.language, **options)
        try:
            page = context.new_page()
            page.goto(path)
            yield page
        finally:
            context.close()

    def shoot(self, page, name):
        if self.shots:
            page.screenshot(path=Path(self.shots) / f"{self.language}-{name}.png", full_page=True)


@pytest.fixture(params=["en", "ko"])
def day(request, browser, tmp_path):
    own = {"ARENA_ACCESS": "sign_in", "ARENA_SIGN_IN_DOMAINS": "company.example"}
    with provider(PEOPLE, tmp_path) as address:
        own |= {"ARENA_OIDC_URL": address, "ARENA_OIDC_CLIENT": CLIENT, "ARENA_OIDC_SECRET": SECRET}
        arena = LightArena(tmp_path / "var", ARENA_OIDC_NAME="Company", **own)
        arena.do(rows.begin_anew)
        arena.do(rows.say, first="The sea breathes twice a day.", second="The moon pulls, the water follows.")
        yield Day(browser, arena, request.param)
        arena.stop()


def test_a_company_plays_its_day(day):
    link = day.arena.do(rows.invite_owner)
    with day.browser(link) as owner:
        make_account(owner, "olga")
        make_groups(day, owner)
        analyst = invite_analyst(day, owner)
        for name in NAMES:
            battle_as(day, name)
        day.arena.do(rows.publish)
        board_of_the_group(day, owner)
        export_as(day, analyst)
        before = day.arena.do(rows.figures)
        leave(day, "eve")
        assert day.arena.do(rows.figures) == before
        lock_out(day, owner, "dan")
        look_at_the_log(day, owner)
    assert day.arena.do(rows.check) == []


def make_account(page, name):
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")


def make_groups(day, page):
    for name, claim in (("Law", "dept-law"), ("Arts", "dept-arts")):
        page.goto("/manage/groups/")
        page.locator("#group-name").fill(name)
        page.locator("#claim").fill(claim)
        page.locator("form[action$='/add/'] button").click()
    expect(page.locator("main")).to_contain_text("dept-arts")
    day.shoot(page, "groups")


def invite_analyst(day, page):
    page.goto("/manage/invitations/")
    page.locator("#id_name").fill("Ida, statistics")
    page.locator("#id_opens").select_option("analyst")
    page.locator("main form.console-form button").last.click()
    link = page.locator("#link").input_value()
    day.shoot(page, "invitation")
    return link


def sign_in(day, page, name):
    page.goto("/leaderboard/")
    day.shoot(page, "sign-in")
    page.locator("main form[action*='oidc'] button, main a[href*='oidc']").first.click()
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(f"{day.arena.url}/**")


def battle_as(day, name):
    with day.browser("/", viewport={"width": 390, "height": 844}) as page:
        sign_in(day, page, name)
        page.goto("/")
        page.locator("textarea[name=prompt]").fill("What is a tide?")
        page.locator("main form.prompt-form button.button").first.click()
        page.locator("button[value=model_a]").click()
        expect(page.locator("main a[href='/models/second/']").first).to_be_visible()
        day.shoot(page, "battle")
        page.goto("/account/")
        day.shoot(page, "account")


def board_of_the_group(day, page):
    page.goto("/leaderboard/?category=group-law")
    expect(page.locator("table")).to_contain_text("first")
    day.shoot(page, "group-board")
    assert page.goto("/leaderboard/?category=group-arts").status == 404


def export_as(day, link):
    with day.browser(link) as page:
        make_account(page, "ida")
        page.goto("/manage/exports/")
        page.locator("main form.console-form button").click()
        page.wait_for_url("**/exports/*/")
        expect(page.locator("a[href$='/archive/']")).to_be_visible(timeout=30_000)
        day.shoot(page, "export")
        with page.expect_download() as archive:
            page.locator("a[href$='/archive/']").click()
        assert archive.value.path().stat().st_size > 500


def leave(day, name):
    with day.browser("/") as page:
        sign_in(day, page, name)
        page.goto("/history/delete/")
        page.locator("input[name=sure]").check()
        day.shoot(page, "leaving")
        page.locator("button.button--alarm").click()
        page.wait_for_url("**/login/**")


def lock_out(day, owner, name):
    with day.browser("/") as page:
        sign_in(day, page, name)
        assert page.goto("/leaderboard/").status == 200
        owner.goto("/manage/people/")
        owner.get_by_role("link", name=name).click()
        owner.locator("button[name=lock]").click()
        assert page.goto("/leaderboard/").url.startswith(f"{day.arena.url}/account/login/")


def look_at_the_log(day, page):
    page.goto("/manage/audit/")
    log = page.locator("main table").inner_text()
    assert all(name in log for name in ("olga", "ida", "ann"))
    day.shoot(page, "audit")
