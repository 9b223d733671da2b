"""What the documents tell a reader to type exists: commands, verbs, options, targets of make, modules, files."""

import argparse
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.core.management import get_commands, load_command_class

from ratings import arguments, decide_command

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "training").glob("*.md")]
#: What lies in the first folder of a path that a document names, so that a path can be told from other words.
FOLDERS = "arena|benchmarks|docs|locale|ratings|templates|tests|training"
#: Modules of others; their options are not ours to know.
OTHERS = {"venv", "pytest"}


def _sections() -> Iterator[tuple[str, str]]:
    """Yield each document's name with the text below each heading, of the changelog only the newest."""
    for document in DOCUMENTS:
        sections = re.split(r"^## ", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for section in sections[:2] if document.name == "CHANGELOG.md" else sections:
            yield str(document.relative_to(ROOT)), section


def _code(text: str) -> list[str]:
    """Return what stands between backticks, and each line between fences with the lines that it goes on to."""
    fence = re.compile(r"^```\w*\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in fence.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    return lines + [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", fence.sub("", text))]


def _calls(opening: str, text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each name that follows the opening in code, with the words after it."""
    for code in _code(text):
        if found := re.search(rf"(?:^|[\s/]){opening} ([\w.-]+)(.*)", code):
            yield found[1], re.split(r"[\s\[\]]+", found[2].strip(" []").replace("\\|", "|"))


def _all_calls(opening: str) -> Iterator[tuple[str, str, list[str]]]:
    for document, section in _sections():
        for name, words in _calls(opening, section):
            yield document, name, words


def _long(words: list[str]) -> set[str]:
    """Return the options among the words, without their values."""
    return {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}


@cache
def _parser(command: str) -> argparse.ArgumentParser:
    return load_command_class(get_commands()[command], command).create_parser("manage.py", command)


def _options(parser: argparse.ArgumentParser) -> set[str]:
    own = {option for action in parser._actions for option in action.option_strings}
    return own.union(*(_options(verb) for verb in _verbs(parser).values()))


def _verbs(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    verbs = [action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(verbs[0]) if verbs else {}


@cache
def _options_of_module(module: str) -> frozenset[str]:
    """Return the options that `python -m` takes. Those of a benchmark stand in its file: to ask it would run it."""
    if module == "ratings":
        return frozenset(_options(arguments.parser()) | _options(decide_command.parser()))
    path = ROOT / (module.replace(".", "/") + ".py")
    return frozenset(re.findall(r'"(--[a-z-]+)"', path.read_text(encoding="utf-8")) if path.is_file() else ())


def test_each_command_of_manage_py_exists():
    unknown = [(document, name) for document, name, _ in _all_calls(r"manage\.py") if name not in get_commands()]
    assert unknown == []


def test_each_option_of_a_command_exists():
    calls = [(document, name, _long(words)) for document, name, words in _all_calls(r"manage\.py")]
    assert [call for call in calls if not call[2] <= _options(_parser(call[1]))] == []


def test_each_verb_of_a_command_exists():
    calls = [(*call, _verbs(_parser(call[1]))) for call in _all_calls(r"manage\.py")]
    named = [(document, name, verb, verbs) for document, name, words, verbs in calls for verb in words[0].split("|")]
    assert [call for call in named if call[3] and call[2] and call[2] not in call[3]] == []


def test_each_target_of_make_exists():
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    assert [(document, name) for document, name, _ in _all_calls("make") if name not in targets] == []


def test_each_variable_of_make_is_read():
    words = [(document, word) for document, _, words in _all_calls("make") for word in words]
    variables = [(document, word.split("=")[0]) for document, word in words if re.match(r"[A-Z]+=", word)]
    assert [each for each in variables if f"$({each[1]})" not in MAKEFILE] == []


def test_each_module_that_is_run_exists_with_its_options():
    calls = [(document, name, _long(words)) for document, name, words in _all_calls("python -m") if name not in OTHERS]
    assert [call for call in calls if find_spec(call[1]) is None or not call[2] <= _options_of_module(call[1])] == []


def test_an_option_alone_belongs_to_a_command_of_its_section():
    alone = [
        (name, _long([code.split()[0] for code in _code(text) if code.strip()]), text) for name, text in _sections()
    ]
    unknown = [(name, options - _options_of_section(text)) for name, options, text in alone]
    assert [each for each in unknown if each[1]] == []


def _options_of_section(text: str) -> set[str]:
    commands = [name for name in get_commands() if re.search(rf"`(?:[^`]*\s)?{name}\b", text)]
    modules = [module for module, _ in _calls("python -m", text)]
    return set().union(*(_options(_parser(name)) for name in ["check", *commands]), *map(_options_of_module, modules))


def test_each_file_that_is_named_exists():
    code = [(document, code) for document, section in _sections() for code in _code(section)]
    named = [each for each in code if re.fullmatch(rf"(?:{FOLDERS})/[\w./-]*", each[1])]
    assert len(named) > 50
    assert [each for each in named if not (ROOT / each[1]).exists()] == []


def test_each_link_to_a_file_leads_somewhere():
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
    links = [
        (document, found) for document in DOCUMENTS for found in link.findall(document.read_text(encoding="utf-8"))
    ]
    assert [each for each in links if not (each[0].parent / each[1]).exists()] == []
