"""A measurement of first words in Chromium against the running arena, for `benchmarks.generation`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.provide import chromium
from tests.running import RunningArena

ENTRY = "smollm2-135m-instruct"
ONLY = f"""
from arena.models import LanguageModel as M
M.objects.exclude(slug__in=("{ENTRY}", "agon-small-llama")).update(state="paused")
M.objects.update(max_new_tokens=8)
"""
#: Kept over the change of page: when the form was sent, and when each side's first words stood there.
WATCH = """
addEventListener("submit", () => sessionStorage.setItem("sent", Date.now()), true);
new MutationObserver(() => {
  for (const box of document.querySelectorAll("[data-text]")) {
    const slot = box.closest("[data-slot]")?.dataset.slot;
    if (box.textContent.trim() && !sessionStorage.getItem(slot)) sessionStorage.setItem(slot, Date.now());
  }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


def first_words(prompts: Sequence[str]) -> list[float]:
    """Return the seconds from the click to the first words of SmolLM2, for each prompt.

    Two models answer, one a worker.
    """
    with tempfile.TemporaryDirectory() as folder, chromium.opened() as browser:
        arena = RunningArena(Path(folder) / "var", ARENA_OPEN_BATTLES="100")
        try:
            arena.manage("shell", "--verbosity=0", "--command", ONLY)
            page = browser.new_page(base_url=arena.url)
            page.add_init_script(WATCH)
            # The first battle warms everything up.
            return [_one(page, arena, prompt) for prompt in (prompts[0], *prompts)][1:]
        finally:
            arena.stop()


def _one(page: Page, arena: RunningArena, prompt: str) -> float:
    page.goto("/")
    page.evaluate("sessionStorage.clear()")
    page.get_by_label("Your prompt").fill(prompt)
    page.get_by_role("button", name="Start battle").click()
    page.wait_for_selector("[name=choice]:enabled", timeout=60_000)
    battle = page.url.rstrip("/").split("/")[-1].replace("-", "")
    ((entry_a,),) = arena.rows(
        "select m.slug from arena_battle b join arena_languagemodel m on m.id = b.model_a_id where b.id = ?", battle
    )
    slot = "a" if entry_a == ENTRY else "b"
    return float(page.evaluate(f"(sessionStorage.getItem('{slot}') - sessionStorage.getItem('sent')) / 1000"))
