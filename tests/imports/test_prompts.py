import gzip
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from arena.formats.refusals import MalformedFile
from arena.imports.prompts import UnnamedSet, import_prompts
from arena.models import Prompt, PromptSet

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BENCH = {"question_id": 81, "category": "coding", "turns": ["Write a loop.", "Now without it."]}
SEED = {"instruction": "Find the odd one.", "instances": [{"input": "one, two, apple", "output": "apple"}]}
CHAT = {
    "id": "x",
    "conversations": [
        {"from": "gpt", "value": "Hi"},
        {"from": "human", "value": "Why?"},
        {"from": "gpt", "value": "?"},
    ],
}


#: What must be said of a file that is no public set.
NAMED: dict[str, Any] = {"name": "MT bench", "licence": "CC0 1.0"}


def lines(path, *values):
    path.write_text("\n".join(map(json.dumps, values)), encoding="utf-8")
    return path


def texts():
    return list(Prompt.objects.order_by("pk").values_list("text", "topic"))


def test_a_bench_gives_its_first_turns_with_our_word_for_their_topics(tmp_path):
    path = lines(tmp_path / "question.jsonl", BENCH, BENCH | {"category": "odd", "turns": ["Hm?"]})
    imported = import_prompts(path, **NAMED)
    assert (imported.slug, imported.format, imported.added) == ("mt-bench", "mt-bench", 2)
    assert texts() == [("Write a loop.", "code"), ("Hm?", "odd")]
    assert PromptSet.objects.get().licence == "CC0 1.0"


def test_seed_tasks_carry_their_input(tmp_path):
    assert import_prompts(lines(tmp_path / "seed_tasks.jsonl", SEED), **NAMED).format == "self-instruct"
    assert texts() == [("Find the odd one.\n\none, two, apple", "")]


def test_a_json_list_of_alpaca_eval_is_known_by_its_keys(tmp_path):
    (tmp_path / "eval.json").write_text(json.dumps([{"instruction": "Name a bird.", "dataset": "helpful_base"}]))
    assert import_prompts(tmp_path / "eval.json").format == "alpaca-eval"
    assert texts() == [("Name a bird.", "")]
    assert PromptSet.objects.get().licence == "CC BY-NC 4.0"


def test_of_a_shared_conversation_the_first_human_turn_is_taken(tmp_path):
    silent = {"conversations": [{"from": "gpt", "value": "Hello"}]}
    path = lines(tmp_path / "chats.jsonl", CHAT, silent)
    imported = import_prompts(path, name="My chats", licence="private", language="de")
    assert texts() == [("Why?", "")]
    assert Prompt.objects.get().language == "de"
    assert [(row.row, row.reason) for row in imported.rejected] == [(2, "nobody asks anything in it")]


def test_plain_text_is_a_prompt_a_line_also_compressed(tmp_path):
    with gzip.open(tmp_path / "mine.txt.gz", "wt", encoding="utf-8") as opened:
        opened.write("First prompt\n\n  두 번째 프롬프트  \n")
    import_prompts(tmp_path / "mine.txt.gz", name="Mine", licence="CC0 1.0")
    assert texts() == [("First prompt", ""), ("두 번째 프롬프트", "")]


@pytest.mark.parametrize(
    ("row", "format", "text"),
    [
        ({"instruction": "Sort these.", "input": "3, 1", "output": "1, 3"}, "alpaca", "Sort these.\n\n3, 1"),
        ({"instruction": "Say hi.", "input": "", "output": "hi"}, "alpaca", "Say hi."),
        ({"instruction": "Say hi.", "input": None, "output": None, "odd": 1}, "alpaca", "Say hi."),
        ({"instruction": "Say hi."}, "alpaca", "Say hi."),
        (
            {"id": "user_oriented_task_0", "instruction": "Mend it.", "instances": [{"input": "I has.", "output": ""}]},
            "self-instruct",
            "Mend it.\n\nI has.",
        ),
        ({"question_id": "a", "category": "c", "cluster": "x", "turns": [{"content": "Why?"}]}, "mt-bench", "Why?"),
        ({"uid": "1", "category": "c", "language": "en", "prompt": "Why?"}, "prompt", "Why?"),
        (
            {"key": 1, "prompt": "Write 300 words.", "instruction_id_list": [], "kwargs": [None]},
            "prompt",
            "Write 300 words.",
        ),
        (
            {"prompt": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Why?"}]},
            "prompt",
            "Why?",
        ),
        ({"question": "How many?", "answer": "7"}, "prompt", "How many?"),
        ({"messages": [{"role": "system", "content": ""}, {"role": "user", "content": "Why?"}]}, "messages", "Why?"),
        (
            {
                "messages": [{"role": "user", "content": [{"type": "text", "text": "Why?"}, {"type": "image"}]}],
                "n": None,
            },
            "messages",
            "Why?",
        ),
        (
            {"conversation": [{"role": "user", "content": "Why?", "toxic": False}], "model": "m", "toxic": False},
            "wildchat",
            "Why?",
        ),
    ],
)
def test_each_shape_of_the_field_is_read_and_asked_for_its_name(tmp_path, row, format, text):
    path = lines(tmp_path / "prompts.jsonl", row)
    with pytest.raises(UnnamedSet, match="add --name and --licence"):
        import_prompts(path)
    assert not PromptSet.objects.exists()
    assert import_prompts(path, **NAMED).format == format
    assert texts()[0][0] == text


@pytest.mark.parametrize(
    "row",
    [
        {"instruction": None, "input": "x"},
        {"prompt": None},
        {"messages": None},
        {"messages": [{"role": "assistant", "content": "Hi"}]},
        {"conversation": [{"role": "user", "content": None}]},
        {"conversation": [{"role": "user", "content": "Why?"}], "toxic": True},
    ],
)
def test_a_row_without_a_prompt_that_can_be_shown_is_rejected(tmp_path, row):
    good = {
        key: "Why?" if key in ("instruction", "input", "prompt") else [{"role": "user", "content": "Why?"}]
        for key in row
    }
    imported = import_prompts(lines(tmp_path / "prompts.jsonl", good | {"toxic": False}, row), **NAMED)
    assert (imported.added, len(imported.rejected)) == (1, 1)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_gives_a_prompt_a_row_with_its_topic(tmp_path, mark):
    path = tmp_path / ("prompts.tsv" if mark == "\t" else "prompts.csv")
    path.write_text(f'prompt{mark}topic\n"Tell me,\nplease"{mark}nature\nWhat?{mark}\n', encoding="utf-8-sig")
    import_prompts(path, **NAMED)
    assert texts() == [("Tell me,\nplease", "nature"), ("What?", "")]


def test_a_table_without_a_column_of_prompts_is_refused_until_its_columns_are_told(tmp_path):
    (tmp_path / "prompts.csv").write_text("Text,About\nWhy?,sky\n")
    with pytest.raises(MalformedFile, match=r"it has 'About', 'Text'\. --mapping"):
        import_prompts(tmp_path / "prompts.csv", **NAMED)
    out, told = StringIO(), ["--mapping", "prompt=Text", "topic=About", "--name", "Mine", "--licence", "CC0 1.0"]
    call_command("load_prompts", str(tmp_path / "prompts.csv"), *told, stdout=out)
    assert texts() == [("Why?", "sky")]
    (tmp_path / "more.csv").write_text("Text,About\nWho?,us\n")
    call_command("load_prompts", str(tmp_path / "more.csv"), "--name", "Mine", "--licence", "CC0 1.0", stdout=out)
    assert texts() == [("Why?", "sky"), ("Who?", "us")]


@pytest.mark.parametrize("mapping", ["topic=About", "prompts=Text"])
def test_a_mapping_of_what_nobody_reads_is_refused(tmp_path, mapping):
    (tmp_path / "prompts.csv").write_text("Text,About\nWhy?,sky\n")
    with pytest.raises(CommandError, match="--mapping"):
        call_command("load_prompts", str(tmp_path / "prompts.csv"), "--mapping", mapping)


def test_one_json_object_is_called_what_it_is(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps({"prompts": {"a": "Why?"}}, indent=1))
    with pytest.raises(MalformedFile, match="one JSON object, not a list"):
        import_prompts(tmp_path / "one.json", **NAMED)


def test_a_set_without_a_name_or_a_licence_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("A prompt")
    with pytest.raises(UnnamedSet, match="add --name and --licence"):
        import_prompts(tmp_path / "mine.txt")
    with pytest.raises(UnnamedSet, match=r"add --licence$"):
        import_prompts(tmp_path / "mine.txt", name="Mine")
    assert not PromptSet.objects.exists()


def test_a_mark_of_byte_order_is_no_part_of_the_first_prompt(tmp_path):
    (tmp_path / "mine.txt").write_text("A prompt\n", encoding="utf-8-sig")
    import_prompts(tmp_path / "mine.txt", name="Mine", licence="CC0 1.0")
    assert texts() == [("A prompt", "")]
    (tmp_path / "question.jsonl").write_text(json.dumps(BENCH) + "\n", encoding="utf-8-sig")
    assert import_prompts(tmp_path / "question.jsonl", **NAMED).rejected == ()


def test_a_format_that_fits_no_row_is_refused_and_leaves_no_set(tmp_path):
    path = lines(tmp_path / "question.jsonl", BENCH)
    with pytest.raises(MalformedFile, match="none of its rows is a prompt of the format self-instruct"):
        import_prompts(path, format="self-instruct")
    assert not PromptSet.objects.exists()


def test_the_same_file_again_and_the_same_row_twice_add_nothing(tmp_path):
    path = lines(tmp_path / "question.jsonl", BENCH, BENCH)
    first, second = import_prompts(path, **NAMED), import_prompts(path, **NAMED)
    assert (first.added, first.known) == (1, 1)
    assert (second.added, second.known) == (0, 2)
    assert Prompt.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"turns": [], "category": "x"}, "not the shape"),
        ({"turns": ["  "], "category": "x"}, "is empty"),
        ({"turns": ["a\x00b"], "category": "x"}, "cannot be read"),
        ({"turns": ["x" * 12_001], "category": "x"}, "more than 12,000"),
        ({"turns": [5], "category": "x"}, "is not text"),
        ({"other": 1}, "not the shape"),
        (["list"], "not the shape"),
        (None, "not the shape"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_and_the_others_land(tmp_path, row, reason):
    imported = import_prompts(lines(tmp_path / "question.jsonl", BENCH, row), **NAMED)
    assert imported.added == 1
    assert [refused.row for refused in imported.rejected] == [2]
    assert reason in imported.rejected[0].reason


@pytest.mark.parametrize("content", [b"", b"\n\n", b'{"a": 1}\n', b"\xff\xfe\x00", b'[{"instruction": "x"}, {"inst'])
def test_a_file_of_no_known_shape_is_refused_whole(tmp_path, content):
    (tmp_path / "odd.json").write_bytes(content)
    with pytest.raises(MalformedFile):
        import_prompts(tmp_path / "odd.json", name="Odd", licence="none")
    assert not Prompt.objects.exists()


def test_a_damaged_gz_file_is_refused_whole(tmp_path):
    (tmp_path / "odd.jsonl.gz").write_bytes(gzip.compress(b'{"a": 1}')[:10] + b"\xff" * 20)
    with pytest.raises(MalformedFile, match="not gzip, or it is damaged"):
        import_prompts(tmp_path / "odd.jsonl.gz", name="Odd", licence="none")


def test_the_command_tells_what_came_and_what_did_not(tmp_path):
    out, err = StringIO(), StringIO()
    path = lines(tmp_path / "vicuna.jsonl", BENCH, *[{"turns": []}] * 12)
    named = ("--name", "Vicuna bench", "--licence", "CC0 1.0")
    call_command("load_prompts", str(path), *named, stdout=out, stderr=err)
    assert "vicuna-bench (vicuna-bench): 1 prompts added, 0 known already, 12 rejected" in out.getvalue()
    assert err.getvalue().count("not the shape") == 10
    assert "and 2 more" in err.getvalue()
    with pytest.raises(CommandError, match=r"Nothing of none\.json is kept"):
        call_command("load_prompts", str(tmp_path / "none.json"))


@pytest.mark.parametrize(
    ("file", "format", "rows"),
    [
        ("mt_bench_question.jsonl", "mt-bench", 80),
        ("vicuna_bench_question.jsonl", "vicuna-bench", 80),
        ("self_instruct_seed_tasks.jsonl", "self-instruct", 175),
    ],
)
def test_the_real_files_are_read_whole(file, format, rows):
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    imported = import_prompts(Path(os.environ["ARENA_EXTRA_DATA"]) / "prompts" / file)
    assert (imported.format, imported.added, imported.rejected) == (format, rows, ())
    assert PromptSet.objects.get().licence == "Apache-2.0"


@pytest.mark.parametrize("said", [{"dataset": "mine"}, {}, {"dataset": None}, {"datasplit": "eval"}])
def test_rows_in_alpaca_evals_shape_that_are_not_its_own_need_a_name_and_a_licence(tmp_path, said):
    rows = [{"instruction": "Name my bird.", "output": "Bo", "generator": "me", **said}]
    (tmp_path / "own.json").write_text(json.dumps(rows))
    for command in ("load_prompts", "import_answers"):
        with pytest.raises(CommandError, match="add --name and --licence"):
            call_command(command, str(tmp_path / "own.json"))
    assert not PromptSet.objects.exists()
