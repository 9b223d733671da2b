"""How an answer looks while it comes and when it is there, in a page of a real battle."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_battle import serious, start, wait_until_answered

RICH = """# Tides

The pull falls with the cube of the distance: $a = 2GMr/d^3$. It costs $5.

$$
\\\\Delta g = 1
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
HOSTILE = """<script>document.title = 'owned'</script> <img src=x onerror="document.title='owned'">

[a](javascript:document.title='owned') [b](&#106;avascript:alert(1)) ![x](https://evil.example/p.png)

<svg onload=alert(1)> <math href="javascript:alert(1)">x</math> <style>*{display:none}</style> <form id=main>

$\\\\href{javascript:alert(1)}{x}$ $\\\\htmlId{main}{x}$ $\\\\includegraphics{https://evil.example/q.png}$

$\\\\def\\\\a{\\\\a\\\\a}\\\\a$ <a name=getElementById id=__proto__>clobber</a>

```"><script>document.title='owned'</script>
code
```
"""
SCRIPT = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for slug, text in (("first", '''{first}'''), ("second", '''{second}''')):
    fields = {{"backend": "recorded", "options": {{"text": text}}, "state": "active"}}
    M.objects.update_or_create(slug=slug, defaults=fields)
"""
AGAIN = """
from arena.models import LanguageModel as M
M.objects.filter(backend="transformers").update(state="active")
M.objects.exclude(backend="transformers").update(state="retired")
"""
SHIFTS = """window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((e) => e.value)))
  .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def answers(arena):
    """For a while two entries answer with given texts."""

    def say(first, second):
        arena.manage("shell", "--verbosity=0", "--command", SCRIPT.format(first=first, second=second))

    yield say
    arena.manage("shell", "--verbosity=0", "--command", AGAIN)


def test_code_formulas_and_tables_render_and_nothing_jumps_while_they_come(page, answers):
    answers(RICH, RICH)
    page.add_init_script(SHIFTS)
    page.set_viewport_size({"width": 1280, "height": 900})
    start(page, "What makes the tide?")
    wait_until_answered(page)
    answer = page.locator(".answer--a [data-text]")
    expect(answer.locator("math")).to_have_count(2)
    expect(answer.locator("figure.code figcaption")).to_have_text("python")
    expect(answer.locator(".hl-k").first).to_have_text("def")
    expect(answer.get_by_role("button", name="Copy")).to_be_visible()
    assert answer.locator("figure.code > pre").get_attribute("tabindex") == "0"
    assert sum(page.evaluate("window.shifts")) < 0.005
    assert serious(page) == []


def test_copying_takes_the_code_and_says_so(browser, arena, answers):
    answers(RICH, RICH)
    context = browser.new_context(base_url=arena.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    start(page, "What makes the tide?")
    wait_until_answered(page)
    button = page.locator(".answer--a .code__copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("def tide(mass):\n    return mass")
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


def test_what_a_hostile_answer_holds_does_nothing(page, answers):
    asked, broken = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: broken.append(dialog.message))
    page.add_init_script(
        "window.violations = [];"
        "addEventListener('securitypolicyviolation', (event) => window.violations.push(event.blockedURI))"
    )
    answers(HOSTILE, HOSTILE)
    start(page, "Break this page.")
    wait_until_answered(page)
    page.wait_for_timeout(500)
    assert "owned" not in page.title()
    assert broken == []
    assert [url for url in asked if "evil.example" in url] == []
    assert page.evaluate("window.violations") == []
    assert page.locator("[data-text] :is(script, img, svg, style, form, iframe, object)").count() == 0
