"""The operator's console, in a browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.backends.scripted_server import answering, serving
from tests.browser.playing import violations
from tests.light_arena import rows

PAGES = (
    "",
    "entries/",
    "entries/add/",
    "entries/agon-steps/",
    "votes/",
    "voters/",
    "prompts/",
    "imports/",
    "exports/",
    "reports/",
    "groups/",
    "face/",
    "people/",
    "invitations/",
    "audit/",
    "sign-in/",
)
ENTRY = {"display_name": "Tide 7B", "slug": "tide-7b", "organisation": "Sea", "licence": "MIT", "model": "tide"}


@pytest.fixture
def operator(page, light_arena):
    """A page of someone who has logged in and sees the overview."""
    light_arena.do(rows.operator, name="ann", password="a-password-of-ann")
    light_arena.do(rows.vote)
    page.goto("/manage/")
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("a-password-of-ann")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    return page


def test_an_entry_is_added_after_its_test(operator):
    with serving(answering("Breathes.")) as server:
        operator.goto("/manage/entries/add/")
        for name, value in (ENTRY | {"base_url": server.url}).items():
            operator.locator(f"[name={name}]").fill(value)
        operator.get_by_role("button", name="Test it").click()
        operator.get_by_role("button", name="Save: it competes from now on").click()
    expect(operator.get_by_text("Tide 7B is saved, and competes.")).to_be_visible()


def test_a_file_of_some_megabytes_comes_in_by_a_worker(operator):
    large = sent(operator, b"model_a,model_b,winner\nzebra,okapi,tie\n" + b"zebra,zebra,tie\n" * 200_000)
    operator.goto(large.url)
    expect(operator.get_by_text("1 new · 0 known · 200,000 rejected")).to_be_visible(timeout=20_000)


def test_a_file_on_its_way_shows_how_far_it_is(operator):
    slowly = operator.context.new_cdp_session(operator)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1}
    slowly.send("Network.enable")
    slowly.send("Network.emulateNetworkConditions", limits | {"uploadThroughput": 100_000})
    operator.goto("/manage/imports/")
    content = b"model_a,model_b,winner\nzebra,okapi,tie\n" + b"zebra,zebra,tie\n" * 60_000
    operator.locator("#file").set_input_files({"name": "votes.csv", "mimeType": "text/csv", "buffer": content})
    operator.get_by_role("button", name="Bring it in").click()
    bar = operator.get_by_role("progressbar", name="Sending the file")
    expect(bar).to_have_attribute("max", re.compile(r"[1-9]"))
    assert 0 < bar.evaluate("bar => bar.position") < 1
    slowly.send("Network.emulateNetworkConditions", limits | {"uploadThroughput": -1})
    expect(operator.get_by_role("heading", name="votes.csv")).to_be_visible()
    expect(operator.get_by_text("1 new · 0 known · 60,000 rejected")).to_be_visible(timeout=20_000)


def test_a_form_with_a_wrong_file_comes_back_and_may_be_sent_again(operator):
    page = operator.context.new_page()  # a browser counts a refusal as an error
    page.goto("/manage/imports/")
    expect(page.get_by_text("did not arrive")).to_be_hidden()
    page.locator("#what").select_option("answers")
    for _ in range(2):
        page.locator("#file").set_input_files({"name": "empty.json", "mimeType": "text/json", "buffer": b""})
        page.get_by_role("button", name="Bring it in").click()
        expect(page.get_by_text("The submitted file is empty.")).to_be_visible()
        expect(page.locator("#what")).to_have_value("answers")


def sent(operator, content):
    """What the arena answers to a file of votes; not as a page, whose refusals a browser counts as errors."""
    operator.goto("/manage/imports/")
    token = operator.locator("[name=csrfmiddlewaretoken]").last.input_value()
    file = {"name": "votes.csv", "mimeType": "text/csv", "buffer": content}
    form = {"csrfmiddlewaretoken": token, "what": "votes", "file": file}
    return operator.request.post("/manage/imports/", multipart=form)


@pytest.mark.slow
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (320, "dark")])
def test_the_pages_are_accessible_and_not_wider_than_the_screen(operator, width, theme):
    operator.set_viewport_size({"width": width, "height": 640})
    operator.emulate_media(color_scheme=theme)
    for path in PAGES:
        operator.goto(f"/manage/{path}")
        assert violations(operator) == [], path
        assert operator.evaluate("document.documentElement.scrollWidth") <= width, path


def test_an_arena_wears_its_own_face_under_the_strict_policy(operator):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="#a00"/></svg>'
    operator.goto("/manage/face/")
    for name, value in {"name": "Lotus", "accent_light": "#7a1f5c", "welcome_en": "Ask **anything**."}.items():
        operator.locator(f"[name={name}]").fill(value)
    operator.locator("[name=logo]").set_input_files(
        {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": drawing.encode()}
    )
    operator.get_by_role("button", name="Look at it").click()
    operator.wait_for_url("**/manage/face/preview/")
    for theme in ("light", "dark"):
        # Without motion the colours are there at once, not after a tenth of a second.
        operator.emulate_media(color_scheme=theme, reduced_motion="reduce")
        assert violations(operator) == [], theme
    operator.emulate_media(color_scheme="light")
    operator.get_by_role("button", name="Publish").click()
    expect(operator.get_by_text("Published.")).to_be_visible()
    operator.goto("/")
    expect(operator.get_by_role("button", name="Start battle")).to_have_css("background-color", "rgb(122, 31, 92)")
    assert operator.evaluate("document.querySelector('.logo').naturalWidth") > 0
    expect(operator.get_by_role("link", name="Lotus, start page")).to_be_visible()
