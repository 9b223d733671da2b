"""Answers in the files that people have besides AlpacaEval's, each as documented, and with nulls and other fields."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from arena.models import ModelAlias, PromptSet, RecordedAnswer
from tests.factories import make_entry

pytestmark = pytest.mark.django_db

NAMED = ("--name", "My prompts", "--licence", "CC0-1.0")
BENCH = {
    "question_id": 81,
    "answer_id": "x",
    "model_id": "yak",
    "choices": [{"index": 0, "turns": ["So.", "Yes."]}],
    "tstamp": 1.9e9,
}
HARD = {
    "uid": "a",
    "ans_id": "b",
    "model": "yak",
    "messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": {"answer": "So."}}],
    "tstamp": 1.9e9,
    "metadata": {},
}


def lines(folder, *rows, name="answers.jsonl"):
    (folder / name).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder / name


def table(folder, *rows, name="yak.csv"):
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder / name


def command(path, *options):
    out, err = StringIO(), StringIO()
    call_command("import_answers", str(path), *options, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def stored():
    return set(RecordedAnswer.objects.values_list("model__display_name", "prompt__text", "text"))


@pytest.mark.parametrize("names", [("prompt", "response", "model"), ("Instruction", "output", "generator")])
def test_json_lines_of_several_models_are_read_and_rows_with_a_null_rejected(tmp_path, names):
    rows = [("Why?", "So.", "yak"), ("Why?", "No.", "gnu"), ("Who?", None, "gnu"), (None, "I.", "gnu")]
    path = lines(tmp_path, *(dict(zip((*names, "n"), (*row, None), strict=True)) for row in rows))
    assert "yak, gnu, 2 of 2 answers are new, and 1 prompts; 2 rows are rejected" in (said := command(path, *NAMED))
    assert "row 3: 'answer' is null" in said
    assert stored() == {("yak", "Why?", "So."), ("gnu", "Why?", "No.")}
    assert PromptSet.objects.get().licence == "CC0-1.0"
    assert "nothing new" in command(path, *NAMED)


def test_a_table_of_one_model_is_asked_who_answered(tmp_path):
    path = table(tmp_path, ["prompt", "response"], ["Why,\nplease?", "So."], ["Who?", ""])
    with pytest.raises(CommandError, match=r"does not say its model; it has 'prompt', 'response'\. --model"):
        command(path, *NAMED)
    command(path, *NAMED, "--model", "yak")
    assert stored() == {("yak", "Why,\nplease?", "So."), ("yak", "Who?", "")}


def test_whose_prompts_they_are_is_asked(tmp_path):
    path = table(tmp_path, ["prompt", "response", "model"], ["Why?", "So.", "yak"])
    with pytest.raises(CommandError, match="whose prompts it answers: add --name and --licence"):
        command(path)
    assert not PromptSet.objects.exists()


def test_mt_benchs_answers_belong_to_its_questions(tmp_path):
    asked = lines(tmp_path, {"question_id": 81, "category": "c", "turns": ["Why?", "Sure?"]}, name="question.jsonl")
    odd = BENCH | {"question_id": 82, "a field of tomorrow": None}
    path = lines(tmp_path, BENCH, odd, BENCH | {"question_id": None, "choices": None}, BENCH | {"choices": []})
    with pytest.raises(CommandError, match="--questions FILE"):
        command(path, *NAMED)
    said = command(path, *NAMED, "--questions", str(asked))
    assert "row 2: no question has the question_id '82'" in said
    assert "row 4: it has not the shape of the others" in said
    assert stored() == {("yak", "Why?", "So.")}


def test_arena_hards_answers_of_both_versions_are_read(tmp_path):
    first = {
        "question_id": "q",
        "model_id": "yak",
        "choices": [{"index": 0, "turns": [{"content": "Ah.", "token_len": 1}]}],
    }
    asked = lines(tmp_path, {"question_id": "q", "turns": [{"content": "Who?"}]}, name="question.jsonl")
    command(lines(tmp_path, first), *NAMED, "--questions", str(asked))
    nulls = [HARD | {"messages": None}, HARD | {"messages": [{"role": "user", "content": None}]}]
    said = command(lines(tmp_path, HARD, *nulls), *NAMED)
    assert "1 of 1 answers are new, and 1 prompts; 2 rows are rejected" in said
    assert stored() == {("yak", "Who?", "Ah."), ("yak", "Why?", "So.")}


def test_columns_of_ones_own_are_told(tmp_path):
    path = table(tmp_path, ["Q", "A", "by", "about"], ["Why?", "So.", "yak", "sky"])
    told = ("--mapping", "prompt=Q", "answer=A", "model=by", "topic=about")
    command(path, *NAMED, *told)
    assert RecordedAnswer.objects.get().prompt.topic == "sky"
    command(table(tmp_path, ["Q", "A", "by", "about"], ["Who?", "Me.", "yak", "us"], name="next.csv"), *NAMED)
    assert stored() == {("yak", "Why?", "So."), ("yak", "Who?", "Me.")}
    with pytest.raises(CommandError, match="--mapping knows no field 'question'"):
        command(path, *NAMED, "--mapping", "question=Q")


def test_two_answers_of_one_model_to_one_prompt_are_refused_by_row(tmp_path):
    path = table(tmp_path, ["prompt", "response", "model"], ["Why?", "So.", "yak"], ["Why?", "No.", "yak"])
    with pytest.raises(CommandError, match="row 2: the instruction of row 1 again, with another output"):
        command(path, *NAMED)
    assert not RecordedAnswer.objects.exists()


def test_an_alias_says_whose_answers_these_are_here_and_in_later_files(tmp_path):
    command(lines(tmp_path, {"prompt": "Why?", "response": "So.", "model": "yak"}), *NAMED)
    other = lines(tmp_path, {"prompt": "Who?", "response": "I.", "model": "Yak v1"}, name="two.jsonl")
    command(other, *NAMED, "--alias", "Yak v1=yak")
    command(lines(tmp_path, {"prompt": "How?", "response": "Yes.", "model": "yak V1"}, name="3.jsonl"), *NAMED)
    assert stored() == {("yak", "Why?", "So."), ("yak", "Who?", "I."), ("yak", "How?", "Yes.")}


@pytest.mark.parametrize(("slug", "says"), [("gnu", "no entry has the slug 'gnu'"), ("live", "'live' answers live")])
def test_an_alias_that_cannot_be_keeps_the_file_out(tmp_path, slug, says):
    make_entry("live")
    path = lines(tmp_path, {"prompt": "Why?", "response": "So.", "model": "Yak v1"})
    with pytest.raises(CommandError, match=says):
        command(path, *NAMED, "--alias", f"Yak v1={slug}")
    assert not stored()
    assert not ModelAlias.objects.exists()
