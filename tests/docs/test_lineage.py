"""docs/lineage.md is a contract: each system has its part, and each part a test that plays it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "docs" / "lineage.md").read_text(encoding="utf-8").splitlines()
ROWS = {cells[1]: cells for cells in ([cell.strip() for cell in line.split("|")] for line in LINES) if len(cells) == 6}

SYSTEMS = {
    "LLaMA, Llama 2, Code Llama",
    "the Llama 2 chat demo",
    "Llama Guard",
    "Alpaca",
    "self-instruct",
    "alpaca-lora",
    "Vicuna",
    "ShareGPT",
    "FastChat",
    "Chatbot Arena",
    "the Chatbot Arena leaderboard",
    "the Open LLM Leaderboard",
    "llm-leaderboard",
}


def _code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_system_has_a_row():
    assert ROWS.keys() - {"system", "---"} == SYSTEMS


def test_every_system_is_played_by_a_test():
    assert [system for system in SYSTEMS if not any("::test_" in name for name in _code(ROWS[system][4]))] == []


def test_every_named_test_exists():
    named = [name.split("::") for system in SYSTEMS for name in _code(ROWS[system][4])]
    assert [name for name in named if name[1] not in _tests_in(ROOT / name[0])] == []


def test_every_part_that_is_in_the_code_names_a_path_that_exists():
    paths = {system: [code for code in _code(ROWS[system][3]) if re.match(r"\w+/", code)] for system in SYSTEMS}
    assert [system for system in SYSTEMS if not paths[system]] == []
    assert [path for named in paths.values() for path in named if not (ROOT / path).exists()] == []


def test_what_llama_guard_does_not_do_yet_is_said_until_it_does():
    assert ("To come" in ROWS["Llama Guard"][3]) == (not (ROOT / "arena" / "moderation").exists())
