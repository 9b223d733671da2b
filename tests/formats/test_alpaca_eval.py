import gzip
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from arena.formats import json_list
from arena.formats.alpaca_eval import RecordedRow, read
from arena.formats.refusals import MalformedFile, RefusedRow
from ratings import json_list as parts

GOOD = {"instruction": "Say hello.", "output": "Hello!", "generator": "greeter"}


def written(folder, content, name="answers.json"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def answers(path):
    return [row for row in read(path) if isinstance(row, RecordedRow)]


def refusal(path):
    with pytest.raises(MalformedFile) as refused:
        list(read(path))
    return str(refused.value)


def test_a_row_is_read_whatever_its_keys_and_their_order(tmp_path):
    row = {
        "datasplit": "eval",
        "generator": "greeter",
        "output": "Hello!",
        "dataset": "koala",
        "instruction": "Hi",
    }
    assert list(answers(written(tmp_path, [row]))) == [RecordedRow("Hi", "Hello!", "greeter", "koala", 1)]


@pytest.mark.parametrize("row", [GOOD, GOOD | {"dataset": None}])
def test_the_dataset_may_be_absent(tmp_path, row):
    assert [row.dataset for row in answers(written(tmp_path, [row]))] == [""]


def test_an_empty_output_is_an_answer(tmp_path):
    assert [row.output for row in answers(written(tmp_path, [GOOD | {"output": ""}]))] == [""]


def test_a_gz_file_is_unpacked(tmp_path):
    packed = gzip.compress(json.dumps([GOOD]).encode())
    assert [row.output for row in answers(written(tmp_path, packed, "answers.json.GZ"))] == ["Hello!"]


def test_a_byte_order_mark_and_white_space_are_passed_over(tmp_path):
    content = b"\xef\xbb\xbf \r\n" + json.dumps([GOOD], indent=2).encode() + b"\n\n"
    assert len(list(answers(written(tmp_path, content)))) == 1


@pytest.mark.parametrize("chunk", [1, 2, 7, 100])
def test_rows_that_lie_across_chunks_are_read_whole(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(parts, "CHUNK_BYTES", chunk)
    rows = [GOOD | {"instruction": f'말해 봐 {n} \U0001f600 \\ "', "score": -1.5e3, "ok": True} for n in range(5)]
    for content in (rows, json.dumps(rows, ensure_ascii=False).encode()):
        read_back = list(answers(written(tmp_path, content)))
        assert [row.instruction for row in read_back] == [row["instruction"] for row in rows]


def test_an_exact_repetition_comes_once(tmp_path):
    other = GOOD | {"instruction": "Say goodbye."}
    assert [row.row for row in answers(written(tmp_path, [GOOD, GOOD, other]))] == [1, 3]


@pytest.mark.parametrize("key", ["instruction", "output", "generator"])
def test_a_row_with_a_null_is_rejected_and_the_others_follow(tmp_path, key):
    rows = list(read(written(tmp_path, [GOOD | {key: None}, GOOD])))
    assert rows == [RefusedRow(1, f"'{key}' is null"), RecordedRow("Say hello.", "Hello!", "greeter", "", 2)]


def test_several_models_may_answer_in_one_file(tmp_path):
    rows = list(answers(written(tmp_path, [GOOD, GOOD | {"generator": "other", "output": "Hey!"}])))
    assert [(row.generator, row.output) for row in rows] == [("greeter", "Hello!"), ("other", "Hey!")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"instruction": "Hi", "generator": "greeter"}, "'output' is missing"),
        ({"output": "Hi", "generator": "greeter"}, "'instruction' is missing"),
        ({"output": "Hi", "instruction": "Hi"}, "'generator' is missing"),
        (GOOD | {"instruction": ["Hi"]}, "'instruction' is not text"),
        (GOOD | {"dataset": 3}, "'dataset' is not text"),
        (GOOD | {"instruction": " \n"}, "'instruction' is empty"),
        (GOOD | {"generator": ""}, "'generator' is empty"),
        (GOOD | {"generator": "g" * 101}, "'generator' is longer than 100 characters"),
        (GOOD | {"dataset": "d" * 61}, "'dataset' is longer than 60 characters"),
        (GOOD | {"output": "a\0b"}, "'output' holds a null character"),
        (GOOD | {"instruction": "\ud83d"}, "'instruction' holds half a character (a lone surrogate)"),
        (GOOD | {"output": "Bye!"}, "the instruction of row 1 again, with another output"),
        (["Hi", "Hello!"], "it is not an object with keys"),
        (GOOD | {"output": "a" * 1_000_000}, "it is longer than 1,000,000 characters"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path, row, reason):
    assert refusal(written(tmp_path, [GOOD, row])) == f"answers.json: row 2: {reason}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"[]", "it is an empty list"),
        (b'{"instruction": "Hi"}', "it is not a list of rows"),
        (b"<html>", "it is not JSON"),
        (json.dumps([GOOD]).encode("utf-16"), "it is not UTF-8 text"),
        (json.dumps([GOOD]).encode() + b"\xff", "it is not UTF-8 text"),
        (json.dumps([GOOD]).encode() + "é".encode()[:1], "it is not UTF-8 text"),
        (json.dumps([GOOD]).encode() + b"[]", "it is not JSON: there is more after the end of the list"),
        (json.dumps([GOOD]).encode()[:-1], "row 1: it is not JSON: the list has no end"),
        (b'[{"a": 1} {"a": 2}]', "row 1: 'instruction' is missing"),
        (b'[{"output": "never closed', "row 1: it is not JSON: Unterminated string starting at"),
        (b"[" + json.dumps(GOOD).encode() * 2 + b"]", "row 1: it is not JSON: no comma follows"),
        (
            b"[{'output': 1}" + b" " * 3_000_000,
            "row 1: it is not JSON: Expecting property name enclosed in double quotes",
        ),
        (b"[" * 200_000, "row 1: it is nested too deeply or holds too long a number"),
        (b'[{"output": ' + b"9" * 5000 + b"}]", "row 1: it is nested too deeply or holds too long a number"),
    ],
    ids=lambda value: None if len(value) < 100 else f"{len(value)} bytes",  # some are megabytes
)
def test_a_file_that_cannot_be_used_is_refused_with_one_sentence(tmp_path, content, reason):
    assert refusal(written(tmp_path, content)) == f"answers.json: {reason}"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps([GOOD]).encode(), "it is not gzip, or it is damaged"),
        (gzip.compress(b"[" * 9)[:10] + b"\xff" * 20, "it is not gzip, or it is damaged"),
        (gzip.compress(json.dumps([GOOD]).encode())[:30], "it is cut off: its gzip data has no end"),
    ],
    # Without names of their own they would be named by their bytes, and gzip writes the time into them.
    ids=["not packed", "damaged", "cut off"],
)
def test_a_gz_file_that_cannot_be_unpacked_is_refused(tmp_path, content, reason):
    assert refusal(written(tmp_path, content, "a.gz")) == f"a.gz: {reason}"


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refusal(tmp_path / "absent.json") == "absent.json: it cannot be read: No such file or directory"


def test_a_file_that_unpacks_to_more_than_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(json_list, "MAX_FILE_BYTES", 2_000_000)
    bomb = written(tmp_path, gzip.compress(json.dumps([GOOD]).encode()[:-1] + b" " * 2_000_000 + b"]"), "bomb.gz")
    assert refusal(bomb) == "bomb.gz: it holds more than 2 MB"


def test_a_bomb_is_never_unpacked_into_memory(tmp_path):
    bomb = written(tmp_path, gzip.compress(b'["' + b"a" * 30_000_000 + b'"]'), "bomb.gz")
    tracemalloc.start()
    assert refusal(bomb) == "bomb.gz: row 1: it is longer than 1,000,000 characters"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_the_real_files_are_read_to_their_end():
    if "ARENA_EXTRA_DATA" not in os.environ:
        pytest.skip("ARENA_EXTRA_DATA is not set")
    paths = sorted(Path(os.environ["ARENA_EXTRA_DATA"], "alpaca_eval").glob("*.json.gz"))
    found = {path.name.removesuffix(".json.gz"): answers(path) for path in paths}
    assert {name: len(rows) for name, rows in found.items() if len(rows) != 805} == {"llama-2-70b-chat-hf": 804}
    assert all(row.generator == name for name, rows in found.items() for row in rows)
    assert sum(not row.output for row in found["text_davinci_003"]) == 2
