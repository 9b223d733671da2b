"""What the scripts read of a page in `data-*` is there: neither side can rename one alone."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = "\n".join(path.read_text("utf-8") for path in (ROOT / "arena" / "static" / "arena").glob("*.js"))
#: The templates, and the markup of answers.
PAGES = "\n".join(
    path.read_text("utf-8")
    for path in [*(ROOT / "templates").rglob("*.html"), *(ROOT / "arena" / "markup").rglob("*.py")]
)
#: Not the class of the same look.
ATTRIBUTE = re.compile(r"\bdata-(?!table)[a-z-]+")
#: No page has these at first: only a script writes them.
OWN = {"data-armed", "data-in-view", "data-rendered", "data-sent", "data-theme"}


def _attribute(name: str) -> str:
    return "data-" + re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def _read(scripts: str) -> set[str]:
    """By selectors, by `dataset.name`, by `const { name } = element.dataset`, and by a state for `dataset[state]`."""
    names = re.findall(r"dataset\.(\w+)", scripts)
    for unpacked in re.findall(r"const \{([^}]*)\} = [^;\n]*\.dataset;", scripts):
        names += re.findall(r"(\w+)(?: = \"\")?(?:,|$)", unpacked.strip())
    for states in re.findall(r"@param \{([^}]*)\} state$", scripts, re.MULTILINE):
        names += re.findall(r'"(\w+)"', states)
    return set(re.findall(r"\[(data-[a-z-]+)", scripts)) | set(map(_attribute, names))


def test_every_data_attribute_that_a_script_reads_is_in_a_page():
    assert _read(SCRIPTS) - set(ATTRIBUTE.findall(PAGES)) == OWN


def test_every_data_attribute_of_a_page_is_read_by_a_script_a_style_or_a_test():
    others = [*(ROOT / "arena" / "static" / "arena").glob("*.css"), *(ROOT / "tests").rglob("*.py")]
    selected = re.findall(r"\[(data-[a-z-]+)", "\n".join(path.read_text("utf-8") for path in others))
    assert set(ATTRIBUTE.findall(PAGES)) - _read(SCRIPTS) - set(selected) == set()


def test_the_search_sees_every_way_to_read_a_data_attribute():
    scripts = """
      find(page, "[data-in-selector=x]").dataset.byName; const { one, two = "" } = need(page, "p").dataset;
    /**
     * @param {"ready" | "set"} state
     */
    """
    expected = {"in-selector", "by-name", "one", "two", "ready", "set"}
    assert _read(scripts) == {f"data-{name}" for name in expected}
