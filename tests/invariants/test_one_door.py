"""Nobody but `arena/battles/blind.py` reads an answer for a visitor: the sources of all rooms that serve one are read.

The same search is shown to see: a leak of each kind is planted.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ARENA = Path(__file__).resolve().parent.parent.parent / "arena"
DOOR = "battles/blind.py"
SERVING = ("battles", "history", "api", "leaderboard", "transparency", "people", "consumers.py")
#: Those that need the rows for something else than to show them.
OTHERS = {
    "battles/turns.py": "adds answers, and counts how many wait in the whole arena",
    "battles/stop.py": "ends answers, with the text that the door says was shown",
    "battles/go_on.py": "copies those of a model whose name is known into a chat with it",
    "battles/answer_again.py": "starts answers of chosen models anew",
    "battles/views/battle.py": "starts the lost ones of chosen models anew",
    "history/erase.py": "erases them",
    "transparency/battle_counts.py": "counts battles without saying which",
    "transparency/never_voted.py": "counts, by model, sides of battles that nobody can vote on any more",
}
ROWS = {"Answer", "AnswerState"}
#: What a row of an answer, or a battle because of it, says of one side.
OF_ONE_SIDE = {
    "lost_answers", "may_be_voted_on", "is_lost", "queue", "queued_at", "claimed_at", "first_text_at", "finished_at",
    "finish_reason", "leased_until", "thoughts",
}  # fmt: skip
UNPACED = {"follow", "so_far", "published", "paced", "released", "as_it_comes"}


def leaks(source: str) -> Iterator[str]:
    """What in this source reaches an answer, or what its worker publishes, past the door."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names if name.name in ROWS | (UNPACED - {"follow"}))
        elif isinstance(node, ast.Attribute):
            yield from _of_attribute(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "answers__" in node.value:
            yield node.value


def _of_attribute(node: ast.Attribute) -> Iterator[str]:
    inner = node.value
    if node.attr in OF_ONE_SIDE:
        yield node.attr
    if isinstance(inner, ast.Attribute) and inner.attr == "answers":
        yield f"answers.{node.attr}"
    if isinstance(inner, ast.Name) and inner.id == "events" and node.attr in UNPACED:
        yield f"events.{node.attr}"


def served() -> Iterator[tuple[str, str]]:
    """Each source that has to do with what a visitor gets, but for lists of addresses."""
    for room in SERVING:
        path = ARENA / room
        for file in [path] if path.is_file() else sorted({*path.rglob("*.py")} - {*path.rglob("urls.py")}):
            yield file.relative_to(ARENA).as_posix(), file.read_text("utf-8")


def test_only_the_door_reads_answers_for_a_visitor():
    found = {name: list(leaks(source)) for name, source in served()}
    assert {name for name, seen in found.items() if seen} - {DOOR} == set(OTHERS)


def test_no_template_reaches_past_the_door():
    for template in (ARENA.parent / "templates").rglob("*.html"):
        text = template.read_text("utf-8")
        assert ".answers.all" not in text, template
        assert not any(f".{name}" in text for name in OF_ONE_SIDE - {"queue"}), template


@pytest.mark.parametrize(
    "planted",
    [
        "from arena.models import Answer",
        "from arena.models.answers import AnswerState",
        "texts = [answer.text for answer in turn.answers.all()]",
        "Turn.objects.values_list('answers__text')",
        "missing = battle.lost_answers",
        "waiting = count(answer.queue)",
        "begun = answer.first_text_at",
        "entries = events.follow(battle_id, after='0')",
        "from arena.answers.pacing import paced",
    ],
)
def test_each_kind_of_planted_leak_is_seen(planted):
    assert list(leaks(planted))
