"""Tables as people have them: rows with other keys than the first, columns twice, spaces before quotes, odd cases.

Both doors read each: the arena's imports, and `python -m ratings`.
"""

import json

import pytest

from arena.formats.refusals import MalformedFile, RefusedRow
from arena.formats.votes.reading import VoteFile
from ratings.errors import RatingsError
from ratings.reading import read_votes

VOTE = {"model_a": "yak", "model_b": "gnu", "winner": "model_a"}


def votes_in(path):
    """The votes of a file of which no row is refused."""
    rows = list(VoteFile(path).votes())
    assert not any(isinstance(row, RefusedRow) for row in rows)
    return [row[1] for row in rows if not isinstance(row, RefusedRow)]


def lines(folder, *rows):
    (folder / "votes.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder / "votes.jsonl"


def table(folder, text):
    (folder / "votes.csv").write_text(text)
    return folder / "votes.csv"


def rejected(path, **options):
    """The rejected rows by number, the same in both doors, with the imports' reasons."""
    here = {row.row: row.reason for row in VoteFile(path, **options).votes() if isinstance(row, RefusedRow)}
    assert [row.row for row in read_votes(path, **options).rejected] == list(here)
    return here


@pytest.mark.parametrize("says", [{"anony": False}, {"Anony": 0}, {"ANONY": "no"}, {"dedup_tag": {"sampled": False}}])
def test_a_row_that_alone_says_it_is_no_vote_is_rejected(tmp_path, says):
    assert list(rejected(lines(tmp_path, VOTE, VOTE, VOTE | says, VOTE))) == [3]
    assert list(rejected(lines(tmp_path, *[VOTE] * 30, VOTE | says))) == [31]


@pytest.mark.parametrize("column", ["anony", "Anony", " ANONY "])
def test_a_mapping_hides_no_vote_whose_voter_saw_the_names(tmp_path, column):
    path = table(tmp_path, f"x,y,w,{column}\nyak,gnu,model_a,False\nyak,gnu,model_a,True\n")
    mapping = {"model_a": "x", "model_b": "y", "winner": "w"}
    assert rejected(path, mapping=mapping) == {1: "its voter saw the names of the models (anony is false)"}
    objects = lines(tmp_path, {"x": "yak", "y": "gnu", "w": "tie"}, {"x": "a", "y": "b", "w": "tie", "Anony": "0"})
    assert list(rejected(objects, mapping=mapping)) == [2]


def test_a_bad_first_row_does_not_hide_the_format_from_the_others(tmp_path):
    path = lines(tmp_path, {"model_a": "yak"}, VOTE, VOTE | {"judge": "j", "id": "7"})
    assert list(rejected(path)) == [1]
    last = [row for row in VoteFile(path).votes() if not isinstance(row, RefusedRow)][-1]
    vote = last[1]
    assert (vote.judge, vote.id) == ("j", "7")


def test_a_row_that_is_nested_too_deeply_costs_itself_alone(tmp_path):
    path = lines(tmp_path, VOTE | {"n": 1}, VOTE)
    path.write_text(path.read_text().replace('"n": 1', '"n": ' + "[" * 100_000 + "]" * 100_000))
    assert rejected(path) == {1: "it is nested too deeply"}


def test_texts_that_only_later_rows_have_come_along(tmp_path):
    texts = {"prompt": "Why?", "response_a": "So.", "response_b": "No."}
    path = lines(tmp_path, VOTE, VOTE | texts, VOTE | {"prompt": "Who?"})
    assert [len(vote.turns) for vote in votes_in(path)] == [0, 1, 0]


def test_what_stands_before_a_fault_is_read_first(tmp_path):
    (tmp_path / "votes.json").write_text(json.dumps([VOTE, VOTE])[:-1] + ", {")
    rows = iter(VoteFile(tmp_path / "votes.json").votes())
    assert not any(isinstance(next(rows), RefusedRow) for _ in range(2))
    with pytest.raises(MalformedFile, match="row 3"):
        next(rows)


def test_a_name_that_two_columns_have_is_refused(tmp_path):
    path = table(tmp_path, "model_a,model_b,winner,model_a\nyak,gnu,tie,elk\n")
    for read in (VoteFile, read_votes):
        with pytest.raises((MalformedFile, RatingsError), match="two of its columns are called 'model_a'"):
            read(path)


def test_a_space_before_a_quote_is_no_part_of_the_cell(tmp_path):
    path = table(tmp_path, '"model_a", "model_b", "winner", "prompt"\n"yak", "gnu, the", "tie", "x"\n')
    (vote,) = votes_in(path)
    assert (vote.model_a, vote.model_b, vote.choice) == ("yak", "gnu, the", "tie")


@pytest.mark.parametrize(
    ("word", "choice"),
    [
        ("leftvote", "model_a"),
        ("rightvote", "model_b"),
        ("tievote", "tie"),
        ("bothbad_vote", "both_bad"),
        ("Model-B", "model_b"),
        ("A>B", "model_a"),
        ("B>>A", "model_b"),
        ("A=B", "tie"),
    ],
)
def test_more_words_of_the_field_are_read(tmp_path, word, choice):
    path = lines(tmp_path, VOTE | {"winner": word})
    (vote,) = votes_in(path)
    assert [vote.choice] == [choice] == read_votes(path).table["winner"].to_pylist()
