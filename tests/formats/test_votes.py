import csv
import gzip
import json
import re
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet
import pytest

from arena.formats import tables
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.formats.votes.base import TurnTexts
from arena.formats.votes.reading import VoteFile
from tests.formats.vote_samples import (
    ANNOTATIONS,
    ARENA_140K,
    KAGGLE_55K,
    LMSYS_33K,
    MT_BENCH,
    MT_BENCH_PAIR,
    PLAIN,
    SAMPLES,
)


def write_jsonl(path, rows):
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def write_json(path, rows):
    path.write_text(json.dumps(rows, indent=1))


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()} for row in rows)


def write_parquet(path, rows):
    pa.parquet.write_table(pa.Table.from_pylist(rows), path)


WRITERS = {"jsonl": write_jsonl, "json": write_json, "csv": write_csv, "parquet": write_parquet}


def read(folder, rows, *, kind="jsonl", format=None):
    """The name of the format, and the votes and refusals."""
    path = folder / f"votes.{kind}"
    WRITERS[kind](path, rows)
    file = VoteFile(path, format)
    return file.format.name, [row if isinstance(row, RefusedRow) else row[1] for row in file.votes()]


def vote(folder, row, **options):
    _, (found,) = read(folder, [row], **options)
    return found


def refusal(folder, row):
    found = vote(folder, row)
    assert isinstance(found, RefusedRow)
    return found.reason


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_format_is_known_by_its_columns_in_every_kind_of_file(tmp_path, name, kind):
    row = SAMPLES[name]
    if name == "arena-140k" and kind == "parquet":  # there a column has one type
        row = row | {"conversation_b": row["conversation_a"]}
    found, (read_vote,) = read(tmp_path, [row], kind=kind)
    assert (found, read_vote.model_a, read_vote.model_b, read_vote.choice) == (name, "X", "Y", "model_a")
    answers = [turn.answer_a for turn in read_vote.turns]
    assert answers == ([] if name == "csv" else ["Because.", ""] if name == "kaggle-55k" else ["Because."])


def test_lmsys_rows_carry_their_id_judge_and_time(tmp_path):
    found = vote(tmp_path, LMSYS_33K)
    assert (found.id, found.judge) == ("58210e39b3fd4441a2bd4a518bb44c2d", "arena_user_973")
    assert found.cast_at == datetime(2023, 4, 24, 15, 53, 11, 132200, tzinfo=UTC)
    assert found.turns == (TurnTexts("Why?", "Because.", "No."),)


def test_both_bad_is_understood_in_the_words_of_all_makers(tmp_path):
    assert vote(tmp_path, LMSYS_33K | {"winner": "tie (bothbad)"}).choice == "both_bad"
    assert vote(tmp_path, ARENA_140K | {"winner": "both_bad"}).choice == "both_bad"
    assert vote(tmp_path, PLAIN | {"winner": "right"}).choice == "model_b"


def test_a_vote_whose_voter_saw_the_names_is_refused(tmp_path):
    assert "anony" in refusal(tmp_path, LMSYS_33K | {"anony": False})


def test_kaggles_three_columns_must_name_one_winner(tmp_path):
    assert vote(tmp_path, KAGGLE_55K | {"winner_model_a": "0", "winner_tie": "1"}).choice == "tie"
    assert "2 of its three columns" in refusal(tmp_path, KAGGLE_55K | {"winner_tie": "1"})


def test_an_mt_bench_judgment_is_about_the_turns_up_to_its_own(tmp_path):
    assert len(vote(tmp_path, MT_BENCH).turns) == 1
    assert len(vote(tmp_path, MT_BENCH | {"turn": 2}).turns) == 2


@pytest.mark.parametrize(
    ("games", "choice"), [("11", "model_a"), ("22", "model_b"), ("12", "tie"), ("1t", "tie"), ("tt", "tie")]
)
def test_a_judge_model_must_agree_with_itself_when_the_sides_are_swapped(tmp_path, games, choice):
    words = {"1": "model_1", "2": "model_2", "t": "tie"}
    row = MT_BENCH_PAIR | {"g1_winner": words[games[0]], "g2_winner": words[games[1]]}
    assert vote(tmp_path, row).choice == choice


def test_a_judge_model_without_a_verdict_is_no_vote(tmp_path):
    assert "no verdict" in refusal(tmp_path, MT_BENCH_PAIR | {"g2_winner": "error"})


@pytest.mark.parametrize(
    ("preference", "choice"), [(1, "model_a"), (1.5, "tie"), (0, "tie"), (1.51, "model_b"), ("2.0", "model_b")]
)
def test_a_preference_is_for_the_output_that_it_is_nearer_to(tmp_path, preference, choice):
    assert vote(tmp_path, ANNOTATIONS | {"preference": preference}).choice == choice


@pytest.mark.parametrize("preference", [None, float("nan"), 3, "first"])
def test_what_is_no_preference_is_refused(tmp_path, preference):
    assert "its preference is" in refusal(tmp_path, ANNOTATIONS | {"preference": preference})


@pytest.mark.parametrize(
    ("time", "expected"),
    [("1970-01-02", 86400), ("1970-01-01T01:00:00+01:00", 0), (5_000, 5_000), ("1682351591132.2", 1682351591.1322)],
)
def test_times_are_read_in_seconds_milliseconds_and_iso_8601(tmp_path, time, expected):
    assert vote(tmp_path, PLAIN | {"tstamp": time}).cast_at == datetime.fromtimestamp(expected, UTC)


@pytest.mark.parametrize(
    "change", [{"tstamp": "yesterday"}, {"weight": 2}, {"model_a": "a\nb"}, {"model_a": 7}, {"id": "x" * 101}]
)
def test_a_field_that_cannot_be_read_is_the_reason(tmp_path, change):
    assert next(iter(change)) in refusal(tmp_path, PLAIN | change)


def test_a_format_that_is_named_must_be_there(tmp_path):
    with pytest.raises(MalformedFile, match=r"it is not kaggle-55k: the nearest lacks the columns 'winner_model_a'"):
        read(tmp_path, [PLAIN], format="kaggle-55k")
    assert read(tmp_path, [LMSYS_33K], format="csv")[0] == "csv"


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv"])
def test_text_files_may_be_packed_with_gzip(tmp_path, kind):
    WRITERS[kind](tmp_path / f"votes.{kind}", [PLAIN, PLAIN])
    packed = tmp_path / f"votes.{kind}.gz"
    packed.write_bytes(gzip.compress((tmp_path / f"votes.{kind}").read_bytes()))
    file = VoteFile(packed)
    assert len(list(file.votes())) == 2
    assert file.share == 1


def test_a_broken_line_costs_only_itself(tmp_path):
    path = tmp_path / "votes.jsonl"
    path.write_text(f"{json.dumps(PLAIN)}\n{{broken\n\n[1]\n{json.dumps(PLAIN)}\n")
    rows = list(VoteFile(path).votes())
    assert [row for row in rows if isinstance(row, RefusedRow)] == [
        RefusedRow(2, "it is not JSON"),
        RefusedRow(4, "it is not an object with keys"),
    ]
    assert [row[0] for row in rows if not isinstance(row, RefusedRow)][-1] == 5


def test_a_cell_without_end_costs_only_what_is_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROW_CHARACTERS", 300)
    rows = ["X,Y,tie", 'X,Y,"tie', *["X,Y,tie"] * 90]
    (tmp_path / "votes.csv").write_text("\n".join(["model_a,model_b,winner", *rows]))
    found = list(VoteFile(tmp_path / "votes.csv").votes())
    assert any(isinstance(row, RefusedRow) and "not CSV" in row.reason for row in found)
    assert sum(not isinstance(row, RefusedRow) for row in found) > 40


def test_letters_that_are_not_utf_8_cost_only_the_rows_whose_names_they_are_in(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_bytes(b"model_a,model_b,winner,prompt\nX,Y,tie,caf\xe9\nX\xe9,Y,tie,tea\n")
    first, second = VoteFile(path).votes()
    assert not isinstance(first, RefusedRow)
    assert isinstance(second, RefusedRow)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("votes.txt", b"", "ends in none of"),
        ("votes.parquet.gz", b"", "ends in none of"),
        ("votes.csv", b"", "no rows"),
        ("votes.csv.gz", b"model_a", "not gzip"),
        ("votes.json", b"[", "not JSON"),
        ("votes.parquet", b"model_a", "not Parquet"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MalformedFile, match=reason):
        VoteFile(tmp_path / name)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(MalformedFile, match="cannot be read"):
        VoteFile(tmp_path / "votes.parquet")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("one,two\nX,Y\n", "lacks the columns 'model_a', 'model_b', 'winner'; it has 'one', 'two'"),
        ("left;right\nX;Y\n", "lacks the columns 'winner'; it has 'left', 'right'"),
    ],
)
def test_an_unknown_table_is_told_what_it_lacks_and_what_it_has(tmp_path, text, reason):
    (tmp_path / "votes.csv").write_text(text)
    with pytest.raises(MalformedFile, match=re.escape(reason)):
        VoteFile(tmp_path / "votes.csv")


def test_a_table_of_another_encoding_is_told_so(tmp_path):
    (tmp_path / "votes.csv").write_text("model_a,model_b,winner\nX,Y,tie\n", encoding="utf-16")
    with pytest.raises(MalformedFile, match="save it as UTF-8"):
        VoteFile(tmp_path / "votes.csv")


def test_parquet_without_rows_is_refused_as_csv_is(tmp_path):
    pyarrow.parquet.write_table(pa.table({name: pa.array([], pa.string()) for name in PLAIN}), tmp_path / "v.parquet")
    with pytest.raises(MalformedFile, match="no rows"):
        VoteFile(tmp_path / "v.parquet")
