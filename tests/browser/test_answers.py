"""How an answer looks while it comes and when it is there, in the page of a battle."""

import pytest
from playwright.sync_api import expect

from tests.browser.playing import LONG, start, violations, wait_until_answered
from tests.light_arena import rows
from tests.markup.hostile_answers import PAYLOADS

RICH = r"""# Tides

The pull falls with the cube of the distance: $a = 2GMr/d^3$. It costs $5.

$$
\Delta g = 1
$$

1. The moon pulls.
2. The Earth turns.

```python
def tide(mass):
    return mass  # a comment that is long enough to need a bar to scroll with, on any of the widths that a card may have
```

| Body | Pull |
|---|---|
| Moon | 69 % |

In short: **the moon leads**."""
ARABIC = "مرحبا بالعالم، هذه إجابة طويلة.\n\n- واحد\n- اثنان\n\n> اقتباس\n\n```js\nlet x = 1;\n```\n\nEnglish words."
#: Characters a second at which an answer comes in a few seconds, piece by piece.
SLOWLY = 600.0
#: The arena's own.
AS_RECORDED = 240.0
#: What draws formulas is asked for with the page and not with the first formula: on a busy machine it came too late.
MATHS_FIRST = """addEventListener("DOMContentLoaded", () => {
  document.fonts.load('1em "Agon Maths"');
  const page = document.querySelector("[data-katex]");
  if (page) document.head.append(Object.assign(document.createElement("script"), { src: page.dataset.katex }));
});"""
#: Of what is in answers, after their first words.
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().flatMap((entry) =>
  entry.sources.map(({ node }) => (node?.parentElement ?? node)?.closest?.("[data-text]") ? node.textContent : "")
).filter(Boolean))).observe({ type: "layout-shift", buffered: true });"""
VIOLATIONS = """window.violations = [];
addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));"""
SHOWN = """[...document.querySelectorAll("[data-text]")].map(
  (box) => (box.querySelector(":scope > [lang]") ?? box).innerHTML)"""


@pytest.fixture
def answers(light_arena):
    """From now on two entries answer with given texts."""
    return lambda first, second, **rate: light_arena.do(rows.say, first=first, second=second, **rate)


def test_code_formulas_and_tables_render_and_nothing_jumps_while_they_come(page, answers):
    text = "\n\n".join([RICH] * 2)
    answers(text, text, rate=AS_RECORDED)
    page.add_init_script(SHIFTS)
    page.add_init_script(MATHS_FIRST)
    page.set_viewport_size({"width": 1280, "height": 900})
    start(page, "What makes the tide?")
    wait_until_answered(page)
    answer = page.locator(".answer--a [data-text]")
    expect(answer.locator("math")).to_have_count(4)
    expect(answer.locator("figure.code figcaption").first).to_have_text("python")
    expect(answer.locator(".hl-k").first).to_have_text("def")
    expect(answer.get_by_role("button", name="Copy").first).to_be_visible()
    expect(answer.locator("figure.code > pre").first).to_have_attribute("tabindex", "0")
    assert page.evaluate("window.shifts") == []
    assert violations(page) == []


def test_what_came_piece_by_piece_stays_to_the_end_and_is_what_a_reload_shows(page, answers):
    answers("\n\n".join([RICH] * 4), ARABIC, rate=SLOWLY)
    start(page, "What makes the tide?")
    expect(page.locator("[data-text] h3").first).to_be_visible(timeout=LONG)
    page.reload()  # in the middle: blocks come again, from the first
    expect(page.locator("[data-text] h3").first).to_be_visible(timeout=LONG)
    page.evaluate("document.querySelector('[data-text] h3').isTheSame = true")
    wait_until_answered(page)
    assert page.evaluate("document.querySelector('[data-text] h3').isTheSame")
    expect(page.locator("[data-text] math")).to_have_count(8)
    live = page.evaluate(SHOWN)
    page.reload()
    expect(page.locator("[data-text] math")).to_have_count(8)
    expect(page.locator("figure.code > pre[tabindex]")).to_have_count(4)
    assert page.evaluate(SHOWN) == live


def test_an_answer_from_right_to_left_is_laid_out_so_and_its_code_is_not(page, answers):
    answers(ARABIC, ARABIC)
    start(page, "Say it in Arabic.")
    wait_until_answered(page)
    box = page.locator(".answer--a [data-text]")
    directions = {"ul": "rtl", "blockquote": "rtl", "pre": "ltr", "p >> nth=0": "rtl", "p >> nth=-1": "ltr"}
    for part, direction in directions.items():
        assert box.locator(part).evaluate("(element) => getComputedStyle(element).direction") == direction


def test_copying_takes_the_code_and_says_so(browser, site, answers):
    answers(RICH, RICH)
    context = browser.new_context(base_url=site.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    start(page, "What makes the tide?")
    wait_until_answered(page)
    button = page.locator(".answer--a .code__copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("def tide(mass):\n    return mass")
    context.close()


@pytest.mark.parametrize("clipboard", ["", "delete Navigator.prototype.clipboard"], ids=["https", "http"])
def test_a_whole_answer_is_copied_as_it_was_written_on_a_phone_too(browser, site, answers, clipboard):
    answers(RICH, RICH)
    permissions = ["clipboard-read"] if clipboard else ["clipboard-read", "clipboard-write"]
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    context = browser.new_context(base_url=site.url, permissions=permissions, **phone)
    page = context.new_page()
    page.add_init_script(clipboard)
    page.add_init_script("addEventListener('copy', () => (window.marked = document.activeElement.value))")
    start(page, "What makes the tide?")
    wait_until_answered(page)
    button = page.locator(".answer--a .answer__copy")
    button.tap()
    expect(button).to_have_text("Copied")
    copied = "window.marked" if clipboard else "navigator.clipboard.readText()"
    assert page.evaluate(copied).rstrip() == RICH
    context.close()


def test_marks_are_never_shown_raw_while_an_answer_comes(page, answers):
    text = "\n".join(
        f"{number}. **Item {number}** with `code` and [a link](https://example.org/)" for number in range(1, 16)
    )
    answers(text, text, rate=AS_RECORDED)
    page.add_init_script(
        "window.raw = []; setInterval(() => { for (const box of document.querySelectorAll('[data-text]'))"
        " if (/[*`\\]]/.test(box.textContent)) window.raw.push(box.textContent); }, 20)"
    )
    start(page, "Make a list.")
    wait_until_answered(page)
    assert page.evaluate("window.raw") == []


@pytest.mark.slow
def test_copying_works_without_the_clipboard_that_only_https_has(browser, site, answers):
    answers(RICH, RICH)
    context = browser.new_context(base_url=site.url, permissions=["clipboard-read"])
    page = context.new_page()
    page.add_init_script("delete Navigator.prototype.clipboard")
    start(page, "What makes the tide?")
    wait_until_answered(page)
    button = page.locator(".answer--a .code__copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("getSelection().toString()").startswith("def tide(mass):")
    context.close()


def test_without_javascript_an_answer_is_readable_and_shows_nothing_dead(browser, site, page, answers):
    answers(RICH, RICH)
    start(page, "What makes the tide?")
    wait_until_answered(page)
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(page.url)
    answer = plain.locator(".answer--a [data-text]")
    expect(answer.locator("[data-maths]").first).to_have_text("a = 2GMr/d^3")
    expect(answer.locator("figcaption")).to_have_text("python")
    expect(answer.get_by_role("button")).to_have_count(0)
    context.close()


def test_differences_are_offered_for_answers_alike_and_marked_word_by_word(page, answers):
    answers("The **sea** is wide and deep.", "The **sea** is wide and cold.")
    start(page, "Describe the sea.")
    wait_until_answered(page)
    button = page.get_by_role("button", name="Show differences")
    button.click()
    assert sorted(page.locator("mark.difference").all_inner_texts()) == ["cold", "deep"]
    button.click()
    expect(page.locator("mark.difference")).to_have_count(0)


def test_differences_are_not_offered_for_answers_of_different_words(page, answers):
    answers("The sea is wide.", "Nothing of that kind was ever said here before.")
    start(page, "Describe the sea.")
    wait_until_answered(page)
    expect(page.get_by_role("button", name="Show differences")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_what_a_hostile_answer_holds_does_nothing(page, site, answers, part):
    payloads, asked, broken = PAYLOADS[part::3], [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: broken.append(dialog.message))
    page.add_init_script(VIOLATIONS)
    answers("\n\n".join(payloads[::2]), "\n\n".join(payloads[1::2]))
    start(page, "Break this page.")
    wait_until_answered(page)
    for _ in ("as it came", "as it is stored"):
        expect(page.locator("[data-text] math").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert "owned" not in page.title()
        assert page.evaluate("window.violations") == []
        assert (
            page.locator("[data-text] :is(script, img, svg, style, form, iframe, object, [style], [id])").count() == 0
        )
        assert page.locator("[data-text] math a, [data-text] [href^='javascript'], [data-text] [onclick]").count() == 0
        page.reload()
    assert broken == []
    assert [url for url in asked if not url.startswith((site.url, site.url.replace("http", "ws")))] == []
