"""`import_votes --mapping`: tables of one's own, and what other programs write, as docs/operations.md says it."""

import json
import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from arena.models import ImportedSet, Turn, Vote, Voter

pytestmark = pytest.mark.django_db

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"


def command(path, *options):
    out = StringIO()
    call_command("import_votes", str(path), *options, stdout=out)
    return out.getvalue()


def choices():
    names = ("battle__model_a__display_name", "battle__model_b__display_name", "choice")
    return list(Vote.objects.order_by("pk").values_list(*names))


def recipe(program):
    """The options that the manual tells for this program."""
    line = next(line for line in MANUAL.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {program} "))
    return shlex.split(re.search(r"`(--mapping[^`]*)`", line)[1])


def test_a_mapping_is_remembered_for_the_next_file_of_its_source(tmp_path):
    first, second = tmp_path / "one.csv", tmp_path / "two.csv"
    first.write_text("l;r;verdict\nyak;gnu;1\n")
    second.write_text("l;r;verdict\nyak;gnu;2\nyak;gnu;3\n")
    told = ["--mapping", "model_a=l", "model_b=r", "winner=verdict", "--words", "1=model_a", "2=model_b"]
    assert "log (mapped): 1 of 1 votes are new" in command(first, "--source", "log", *told)
    assert ImportedSet.objects.get().mapping["words"] == {"1": "model_a", "2": "model_b"}
    assert "log (mapped): 1 of 2 votes are new, 0 known, 1 rejected" in command(second, "--source", "log")
    assert choices() == [("yak", "gnu", "model_a"), ("yak", "gnu", "model_b")]


def test_a_dry_run_remembers_nothing(tmp_path):
    (tmp_path / "one.csv").write_text("l;r;winner\nyak;gnu;tie\n")
    command(tmp_path / "one.csv", "--mapping", "model_a=l", "model_b=r", "--dry-run")
    assert not ImportedSet.objects.exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--mapping", "left=l"], "--mapping knows no field 'left'"),
        (["--words", "1=won"], "--words knows no choice 'won'"),
        (["--mapping", "model_a"], "is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, options, says):
    with pytest.raises(CommandError, match=says):
        command(tmp_path / "one.csv", *options)


def test_texts_of_one_source_all_come_or_none(tmp_path):
    path = tmp_path / "votes.jsonl"
    row = {"model_a": "yak", "model_b": "gnu", "winner": "tie", "prompt": "Why?", "response_a": "a", "response_b": "b"}
    path.write_text(json.dumps(row))
    command(path, "--votes-only")
    with pytest.raises(CommandError, match="came without their texts: add --votes-only, or name another --source"):
        command(path)
    command(path, "--source", "whole")
    with pytest.raises(CommandError, match="came with their texts: leave out --votes-only"):
        command(path, "--source", "whole", "--votes-only")
    assert Vote.objects.count() == 2


LABEL_STUDIO = {
    "id": 1,
    "data": {"prompt": "Why?", "answer1": "So.", "answer2": "No.", "model1": "yak", "model2": "gnu"},
    "annotations": [
        {
            "id": 7,
            "completed_by": 3,
            "created_at": "2031-01-01T10:00:00.000000Z",
            "result": [{"from_name": "pairwise", "type": "pairwise", "value": {"selected": "right"}}],
        }
    ],
    "predictions": [],
}
ARGILLA = {
    "id": "r1",
    "prompt": "Why?",
    "response1": "So.",
    "response2": "No.",
    "model1": "yak",
    "model2": "gnu",
    "preference.responses": ["response2"],
    "preference.responses.users": ["4f9c"],
    "preference.responses.status": ["submitted"],
}
LANGSMITH = {
    "inputs": {"question": "Why?"},
    "experiments": ["yak", "gnu"],
    "outputs": ["So.", "No."],
    "feedback": {"ranked_preference": [0, 1]},
}


@pytest.mark.parametrize(
    ("program", "row"),
    [("Label Studio", LABEL_STUDIO), ("Argilla", ARGILLA), ("LangSmith", LANGSMITH)],
)
def test_the_recipes_of_the_manual_read_what_these_programs_write(tmp_path, program, row):
    (tmp_path / "export.json").write_text(json.dumps([row], indent=2))
    assert "1 of 1 votes are new" in command(tmp_path / "export.json", *recipe(program))
    assert choices() == [("yak", "gnu", "model_b")]
    turn = Turn.objects.get()
    assert (turn.user_text, sorted(answer.text for answer in turn.answers.all())) == ("Why?", ["No.", "So."])
    assert Voter.objects.count() == 1
