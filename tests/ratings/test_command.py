"""`python -m ratings`, as a person types it."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from ratings import leaderboard
from ratings.__main__ import main
from ratings.held_out import NAMES

ROWS = [
    ("owl", "fox", "model_a"),
    ("fox", "owl", "model_a"),
    ("owl", "elk", "tie"),
    ("elk", "fox", "tie (bothbad)"),
    ("elk", "owl", "model_b"),
    ("fox", "elk", "both_bad"),
]
COLUMNS = ("model_a", "model_b", "winner")


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "votes.csv"
    path.write_text("\n".join(",".join(row) for row in [(*COLUMNS, "topic", "length"), *with_extras()]) + "\n")
    return path


def with_extras():
    return [(*row, "code" if n % 2 else "chat", str(n - 2.5)) for n, row in enumerate(ROWS)]


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_object_has_what_the_function_gives(capsys, csv_file):
    code, out, err = run(capsys, csv_file, "--json", "--elo")
    found, expected = json.loads(out), leaderboard(*zip(*ROWS, strict=True), elo=True)
    assert (code, err) == (0, "")
    assert [row["model"] for row in found["models"]] == [row.model for row in expected]
    for row in found["models"]:
        assert row["rating"] == expected[row["model"]].rating
        assert {"lower", "upper", "rank", "rank_simultaneous", "votes", "elo", "flags"} <= set(row)
    assert (found["votes"], found["components"]) == (6, [["elk", "fox", "owl"]])
    assert (found["method"]["ties"], found["method"]["intervals"]) == ("half", "hc3")


@pytest.mark.parametrize("prior", ["normal", "none"])
def test_the_prior_that_is_asked_for_is_used_and_recorded(capsys, csv_file, prior):
    found = json.loads(run(capsys, csv_file, "--json", "--prior", prior)[1])
    expected = leaderboard(*zip(*ROWS, strict=True), prior=prior)
    assert found["method"]["prior"] == prior
    assert {row["model"]: row["rating"] for row in found["models"]} == {row.model: row.rating for row in expected}


def test_a_prior_with_a_tie_model_is_refused_in_one_line(capsys, csv_file):
    code, _, err = run(capsys, csv_file, "--prior", "normal", "--ties", "davidson")
    assert code == 2
    assert err == "a prior goes with half-win ties and without a bootstrap only\n"


def test_a_table_to_read_comes_without_json(capsys, csv_file):
    code, out, _ = run(capsys, csv_file, "--anchor", "elk=1100")
    assert code == 0
    lines = out.splitlines()
    assert lines[0].split() == ["rank", "model", "rating", "95%", "votes", "win", "rate", "both", "bad"]
    assert any(line.split()[1:6] == ["elk", "1100", "1100", "to", "1100"] for line in lines)
    assert "6 votes; a tie is half a win for each; normal prior; hc3 intervals; elk fixed at 1100." in lines[-1]


def test_parquet_and_json_lines_give_the_same_as_csv(capsys, csv_file, tmp_path):
    table = pa.table(dict(zip(COLUMNS, zip(*ROWS, strict=True), strict=True)))
    pa.parquet.write_table(table, tmp_path / "votes.parquet")
    lines = [json.dumps(dict(zip(COLUMNS, row, strict=True))) for row in ROWS]
    (tmp_path / "votes.jsonl").write_text("\n\n".join(lines))
    boards = [run(capsys, tmp_path / f"votes.{kind}", "--json")[1] for kind in ("csv", "parquet", "jsonl")]
    assert boards[0] == boards[1] == boards[2]


def test_each_category_gets_a_board_of_its_votes_alone(capsys, csv_file):
    _, out, _ = run(capsys, csv_file, "--category", "topic", "--json")
    found = json.loads(out)["categories"]
    assert list(found) == ["chat", "code"]
    alone = leaderboard(*zip(*ROWS[1::2], strict=True))
    assert {row["model"]: row["rating"] for row in found["code"]["models"]} == {r.model: r.rating for r in alone}
    assert "topic = code\nrank" in run(capsys, csv_file, "--category", "topic")[1]


def with_voters(tmp_path, simulate, voter):
    """A file of 200 votes, a topic each, and what `voter` says of a vote's number and topic."""
    votes, words = simulate([0, 0.4, 0.8], 200, seed=1), ["model_a", "model_b", "tie", "both_bad"]
    rows = enumerate(zip(votes.a, votes.b, votes.outcome, strict=True))
    lines = [f"m{a},m{b},{words[o]},{'xy'[n % 2]},{voter(n, 'xy'[n % 2])}" for n, (a, b, o) in rows]
    path = tmp_path / "v.csv"
    path.write_text("\n".join(["model_a,model_b,winner,topic,voter", *lines]))
    return path


def test_a_category_of_one_voter_is_rated_without_intervals_by_voter_and_says_so(capsys, tmp_path, simulate):
    path = with_voters(tmp_path, simulate, lambda n, topic: "kim" if topic == "x" else n % 7)
    asked = [path, "--category", "topic", "--voter", "voter"]
    code, text, err = run(capsys, *asked)
    whole, x, y = re.split("topic = .\n", text)
    assert (code, err) == (0, "")
    assert "by voter" in whole
    assert "by voter" in y
    assert "by voter" not in x
    assert x.splitlines()[-2].startswith("All votes are of one voter")
    assert "of one voter" not in y
    found = json.loads(run(capsys, *asked, "--json")[1])["categories"]
    plain = json.loads(run(capsys, path, "--category", "topic", "--json")[1])["categories"]
    assert found["x"] == plain["x"]
    assert found["y"]["method"]["by_voter"]


def test_nameless_votes_are_told_under_the_table(capsys, tmp_path, simulate):
    path = with_voters(tmp_path, simulate, lambda n, _: "" if n % 2 else n % 7)
    text = run(capsys, path, "--voter", "voter")[1]
    assert "intervals by voter; 100 votes without a voter, each taken for another person's." in text
    assert json.loads(run(capsys, path, "--voter", "voter", "--json")[1])["nameless"] == 100


def test_remarks_tell_what_fits_and_how_firm_rank_1_is(capsys, tmp_path, simulate):
    votes = simulate([0, 0.4, 0.8], 300, seed=1)
    words = ["model_a", "model_b", "tie", "both_bad"]
    rows = zip(votes.a, votes.b, votes.outcome, strict=True)
    (tmp_path / "v.csv").write_text("model_a,model_b,winner\n" + "".join(f"m{a},m{b},{words[o]}\n" for a, b, o in rows))
    asked = [tmp_path / "v.csv", "--compare-ties", "--robustness"]
    found, text = json.loads(run(capsys, *asked, "--json")[1]), run(capsys, *asked)[1]
    assert found["held_out"]["best"] == min(("half_win", "davidson", "rao_kupper"), key=found["held_out"].get)
    assert (found["robustness"]["leader"], found["robustness"]["successor"]) == ("m2", "m1")
    assert f"Without {found['robustness']['votes']} of these votes" in text
    gain, error = found["held_out"]["gain"], found["held_out"]["gain_error"]
    assert 0 < gain == pytest.approx(np.diff(sorted(found["held_out"][name] for name in NAMES))[0])
    assert f"foretells these votes best, by {gain:.4f} (standard error {error:.4f})" in text


def test_style_and_side_are_told_under_the_table(capsys, tmp_path, simulate):
    votes = simulate([0, 0.4, 0.8], 300, seed=1)
    words, length = ["model_a", "model_b", "tie", "both_bad"], np.random.default_rng(0).normal(0, 9, 300)
    rows = zip(votes.a, votes.b, votes.outcome, length, strict=True)
    lines = [f"m{a},m{b},{words[o]},{x}" for a, b, o, x in rows]
    (tmp_path / "v.csv").write_text("\n".join(["model_a,model_b,winner,length", *lines]))
    asked = [tmp_path / "v.csv", "--style", "length", "--position"]
    found, text = json.loads(run(capsys, *asked, "--json")[1]), run(capsys, *asked)[1]
    assert [part["name"] for part in found["style"]] == ["length", "position"]
    assert re.search(r"^[\d.]+ more length is worth [+-]\d+\.\d points", text, re.MULTILINE)
    assert "side A is worth" in text


def test_unknown_figures_are_null_and_components_apart(capsys, tmp_path):
    path = tmp_path / "votes.jsonl"
    path.write_text("".join(json.dumps({"model_a": a, "model_b": b, "winner": "tie"}) + "\n" for a, b in ("xy", "pq")))
    row = json.loads(run(capsys, path, "--json", "--intervals", "none")[1])["models"][0]
    assert (row["lower"], row["upper"], row["rank_simultaneous"], row["elo"]) == (None, None, None, None)
    assert "No vote connects these with the models above" in run(capsys, path)[1]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("v.csv", "model_a,model_b,winner\nx,y,won\n", "v.csv: no row is a vote; row 1: 'won' is not an outcome"),
        ("v.csv", "model_a,model_b,winner\n", "v.csv: no rows"),
        ("v.json", "[]", "v.json: no rows"),
        ("v.json", "[{", "v.json: row 1: it is not JSON"),
        ("v.csv.gz", "model_a", "v.csv.gz: Not a gzipped file"),
        ("v.parquet.gz", "", "v.parquet.gz is none of"),
        ("v.csv", "model_a,model_b\nx,y\n", "v.csv has no column winner; it has model_a, model_b"),
        ("v.csv", "", "v.csv: Empty CSV file"),
        ("v.jsonl", "[1]\n", "v.jsonl: row 1: it is not an object"),
        ("v.parquet", "no parquet", "v.parquet: "),
        ("v.txt", "x", "v.txt is none of .csv, .tsv, .parquet, .jsonl"),
        ("v.csv", "model_a,model_b,winner,n\nx,y,tie,1\nx,y,tie,long\n", "row 2, n: 'long' is not a number"),
        ("v.csv", "model_a,model_b,winner,n\nx,y,tie,1\nx,y,tie,\n", "v.csv: row 2: nan is not a finite feature"),
    ],
)
def test_a_bad_file_is_one_line_with_its_row_and_exit_code_2(capsys, tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    style = ["--style", "n"] if ",n\n" in text else []
    code, out, err = run(capsys, tmp_path / name, *style)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("", "--style n"),
        ("long", "--style n"),
        ("7", "--score n"),
        ("long", "--score n"),
        ("7", "--score n --candidate x --baseline y"),
    ],
)
def test_a_bad_number_below_a_rejected_row_is_told_by_its_row_in_the_file(capsys, tmp_path, cell, words):
    path = tmp_path / "v.csv"
    path.write_text(f"model_a,model_b,winner,n\nx,x,tie,1\nx,y,tie,1\nx,y,tie,{cell}\n")
    code, _, err = run(capsys, *["decide"] * ("--candidate" in words), path, *words.split())
    assert code == 2
    assert "row 3" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "good", "bad", "says"),
    [
        ("v.csv", "x,y,tie", "x,y,won", "'won' is not an outcome"),
        ("v.csv", "x,y,tie", "x,y,1", "'1' is not an outcome"),
        ("v.csv", "x,y,tie", "x,y,", "'' is not an outcome"),
        ("v.csv", "x,y,tie", "x,x,tie", "'x' is compared with itself"),
        ("v.csv", "x,y,tie", "x, X ,tie", "'x' is compared with itself"),
        ("v.csv", "x,y,tie", ",x,tie", "'x' is compared with no model"),
        ("v.csv", "x,y,tie", "x,y", "it has 2 columns where the first line names 3"),
        ("v.jsonl", '{"model_a": "x", "model_b": "y", "winner": "tie"}', '{"model', "it is not JSON"),
        ("v.jsonl", '{"model_a": "x", "model_b": "y", "winner": "tie"}', "[1]", "it is not an object"),
        ("v.jsonl", '{"model_a": "x", "model_b": "y", "winner": "tie"}', '{"model_a": "x"}', "compared with no model"),
    ],
)
def test_a_bad_row_is_rejected_with_its_number_and_the_others_are_rated(capsys, tmp_path, name, good, bad, says):
    head = [] if name.endswith("jsonl") else ["model_a,model_b,winner"]
    (tmp_path / name).write_text("\n".join([*head, good, bad, good, bad, good]))
    code, out, err = run(capsys, tmp_path / name, "--json")
    assert (code, json.loads(out)["votes"], json.loads(out)["rejected"]) == (0, 3, 2)
    second, fourth = err.splitlines()[-3:-1]
    assert second.startswith(f"{name}: row 2: ")
    assert fourth.startswith(f"{name}: row 4: ")
    assert says in second
    assert err.splitlines()[-1] == f"{name}: 2 of 5 rows are rejected"


def test_the_files_and_words_of_others_give_the_same_board(capsys, csv_file, tmp_path):
    expected = json.loads(run(capsys, csv_file, "--json")[1])["models"]
    sides = {
        "model_a": "Left",
        "model_b": "Right",
        "tie": "draw",
        "both_bad": "bothbad",
        "tie (bothbad)": "Tie (both bad)",
    }
    rows = [dict(zip(("left", "right", "Winner"), (a, b, sides.get(word, word)), strict=True)) for a, b, word in ROWS]
    table = "\n".join(["left; right ;Winner", *(";".join(row.values()) for row in rows)])
    winners = ({"Left": row["left"], "Right": row["right"]}.get(row["Winner"], row["Winner"]) for row in rows)
    by_name = [row | {"Winner": winner} for row, winner in zip(rows, winners, strict=True)]
    (tmp_path / "v.json").write_text(json.dumps(rows, indent=1))
    (tmp_path / "v.csv").write_text(table, encoding="utf-8-sig")
    (tmp_path / "v.tsv.gz").write_bytes(gzip.compress(table.replace(";", "\t").encode()))
    (tmp_path / "names.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in by_name))
    for name in ("v.json", "v.csv", "v.tsv.gz", "names.ndjson"):
        code, out, err = run(capsys, tmp_path / name, "--json")
        assert (code, err, json.loads(out)["models"]) == (0, "", expected), name


def test_columns_and_words_that_nobody_else_has_are_told(capsys, csv_file, tmp_path):
    expected = json.loads(run(capsys, csv_file, "--json")[1])["models"]
    codes = {"model_a": "1", "model_b": "2", "tie": "0"}
    lines = [f"{a},{b},{codes.get(word, 'neither')}" for a, b, word in ROWS]
    (tmp_path / "v.csv").write_text("\n".join(["first,second,outcome", *lines]))
    told = ["--mapping", "model_a=first", "model_b=second", "winner=outcome", "--words", "1=model_a", "2=model_b"]
    told += ["0=tie", "neither=both_bad"]
    assert json.loads(run(capsys, tmp_path / "v.csv", "--json", *told)[1])["models"] == expected


def test_spellings_of_one_name_are_one_model_and_said(capsys, tmp_path):
    (tmp_path / "v.csv").write_text("model_a,model_b,winner\nGnu 1,yak,model_a\nGNU  1,yak,model_b\n gnu 1,Yak,tie\n")
    _, out, err = run(capsys, tmp_path / "v.csv", "--json")
    assert {row["model"] for row in json.loads(out)["models"]} == {"Gnu 1", "yak"}
    assert err.splitlines() == ["Gnu 1 is also written GNU  1, gnu 1", "yak is also written Yak"]


def test_votes_whose_voters_saw_the_names_are_rejected(capsys, tmp_path):
    rows = [
        {"model_a": "x", "model_b": "y", "winner": "model_a", "anony": seen, "dedup_tag": {"sampled": sampled}}
        for seen, sampled in ((True, True), (False, True), (True, False))
    ]
    (tmp_path / "v.json").write_text(json.dumps(rows))
    _, out, err = run(capsys, tmp_path / "v.json", "--json")
    assert json.loads(out)["votes"] == 1
    assert "row 2: its voter saw the names" in err
    assert "row 3: its prompt is so frequent" in err


def test_texts_with_line_ends_do_not_shift_the_rows(capsys, tmp_path):
    (tmp_path / "v.csv").write_text(
        'model_a,model_b,winner,prompt\nx,y,tie,"two\nlines"\nx,y,won,"more,\n""of"" them"\n'
    )
    _, out, err = run(capsys, tmp_path / "v.csv", "--json")
    assert json.loads(out)["votes"] == 1
    assert "row 2: 'won' is not an outcome" in err


def test_a_file_that_is_not_there_and_an_absent_anchor_are_one_line_too(capsys, csv_file):
    assert run(capsys, "nowhere.csv") == (2, "", "there is no file nowhere.csv\n")
    assert run(capsys, csv_file, "--anchor", "cow=1") == (2, "", "'cow' cannot anchor the board: no vote names it\n")
    with pytest.raises(SystemExit) as left:
        main([str(csv_file), "--anchor", "cow"])
    assert left.value.code == 2


def test_models_that_are_numbers_of_two_kinds_are_rated(capsys, tmp_path):
    table = pa.table({"model_a": [1, 2], "model_b": [3.5, 4.5], "winner": ["tie", "model_a"]})
    pyarrow.parquet.write_table(table, tmp_path / "votes.parquet")
    assert main([str(tmp_path / "votes.parquet")]) == 0
    assert "3.5" in capsys.readouterr().out


def test_it_runs_as_a_module_and_ends_quietly_when_its_reader_has_seen_enough(csv_file):
    command = f"{sys.executable} -m ratings {csv_file} --json | head -c 1"
    root = Path(__file__).parents[2]
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=root, check=False)
    assert (done.stdout, done.stderr) == ("{", "")
