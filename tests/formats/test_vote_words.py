"""What every reader of votes promises: the same words and columns, blind votes only, and no vote lost for its texts."""

import csv
import json

import numpy as np
import pytest

from arena.formats.refusals import RefusedRow
from arena.formats.votes.base import TurnTexts
from arena.formats.votes.reading import VoteFile
from ratings.vocabulary import CHOICE_OF, choice, fields
from tests.formats.vote_samples import KAGGLE_55K, MT_BENCH, PLAIN, SAMPLES, said

SAID_A, SAID_B = said("Why?", "Because."), said("Why?", "No.")


def read(path, **options):
    file = VoteFile(path, **options)
    return file, [row.reason if isinstance(row, RefusedRow) else row[1] for row in file.votes()]


def lines(folder, *rows, **options):
    path = folder / "votes.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return read(path, **options)


def table(folder, *rows, **options):
    with (folder / "votes.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([list(rows[0]), *(row.values() for row in rows)])
    return read(folder / "votes.csv", **options)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Model_A", "model_a"),
        (" model_b ", "model_b"),
        ("MODEL B", "model_b"),
        ("a", "model_a"),
        ("B", "model_b"),
        ("Left", "model_a"),
        ("Tie", "tie"),
        ("TIE (Inconsistent)", "tie"),
        ("draw", "tie"),
        ("both", "tie"),
        ("-", "tie"),
        (0.5, "tie"),
        ("Tie (both bad)", "both_bad"),
        ("tie(bothbad)", "both_bad"),
        ("bothbad", "both_bad"),
        ("yak-7b", "model_a"),
        (" gnu-7b", "model_b"),
        ("YAK-7B", "model_a"),
        ("neither", None),
        ("both_good", None),
        ("1", None),
        (2, None),
        (0, None),
        (1.0, None),
        ("", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_a_word_means_one_thing_or_is_refused(word, meant):
    assert choice(word, model_a="yak-7b", model_b="gnu-7b") == meant


def test_a_model_that_is_called_as_another_side_makes_its_word_ambiguous():
    assert choice("b", model_a="b", model_b="c") is None
    assert choice("a", model_a="a", model_b="b") == "model_a"
    assert choice("tie", model_a="tie", model_b="b") is None


def test_words_of_a_file_decide_where_its_owner_says_what_they_mean():
    words = {"1": "model_a", "2": "model_b", "0": "tie", "a": "model_b"}
    assert [choice(word, model_a="x", model_b="y", words=words) for word in ("1", 2, "0", "a", "b")] == [
        "model_a",
        "model_b",
        "tie",
        "model_b",
        "model_b",
    ]


def test_each_word_of_the_vocabulary_is_written_as_it_is_looked_up():
    assert {word: choice(word, model_a="x", model_b="y") for word in CHOICE_OF} == CHOICE_OF


def test_columns_are_known_in_any_case_and_spacing_and_by_the_names_of_others():
    assert fields([" Model A", "MODEL_B ", "winner"]) == {
        "model_a": " Model A",
        "model_b": "MODEL_B ",
        "winner": "winner",
    }
    assert fields(["left", "right"]) == {"model_a": "left", "model_b": "right"}
    assert fields(["left", "model_a"])["model_a"] == "model_a"
    assert fields(["Winner", "winner"]) == {"winner": "winner"}


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [("model_a", " model_b", " winner"), ("Model A", "MODEL_B", "Winner")])
def test_a_table_is_read_with_any_mark_between_its_cells(tmp_path, mark, header):
    path = tmp_path / ("votes.tsv" if mark == "\t" else "votes.csv")
    path.write_text(f"{mark.join(header)}\n x{mark} y{mark} model_a\n", encoding="utf-8-sig")
    (vote,) = read(path)[1]
    assert (vote.model_a, vote.model_b, vote.choice) == ("x", "y", "model_a")


def test_evalicas_own_columns_are_read(tmp_path):
    _, votes = table(tmp_path, {"id": 4, "worker": "58", "winner": "right", "left": "Yam", "right": "Kale"})
    assert (votes[0].model_a, votes[0].model_b, votes[0].choice, votes[0].judge) == ("Yam", "Kale", "model_b", "58")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("seen", [False, "False", "false ", 0])
def test_a_vote_of_a_voter_who_saw_the_names_is_rejected_in_every_format(tmp_path, name, seen):
    _, (reason,) = lines(tmp_path, SAMPLES[name] | {"anony": seen})
    assert "saw the names" in reason


@pytest.mark.parametrize("name", SAMPLES)
def test_a_vote_that_lmsys_does_not_sample_is_rejected_in_every_format(tmp_path, name):
    tag = {"high_freq": True, "sampled": False}
    _, rows = lines(tmp_path, SAMPLES[name] | {"dedup_tag": tag}, SAMPLES[name] | {"dedup_tag": json.dumps(tag)})
    assert [("dedup_tag is not sampled" in reason) for reason in rows] == [True, True]
    assert not isinstance(lines(tmp_path, SAMPLES[name] | {"dedup_tag": {"sampled": True}})[1][0], str)


def test_a_judge_that_contradicts_itself_is_a_tie_in_mt_bench_too(tmp_path):
    _, (vote,) = lines(tmp_path, MT_BENCH | {"winner": "tie (inconsistent)"})
    assert (vote.choice, vote.id) == ("tie", "81")


def test_texts_of_kaggles_columns_that_are_no_lists_are_one_turn(tmp_path):
    rows = [
        KAGGLE_55K | {"prompt": "Why?", "response_a": "So.", "response_b": "No."},
        KAGGLE_55K | {"prompt": "42", "response_a": "[1, 2]", "response_b": "null"},
        KAGGLE_55K | {"prompt": '["Why?"]', "response_a": "[null]", "response_b": ""},
    ]
    file, votes = table(tmp_path, *rows)
    assert [vote.turns for vote in votes] == [
        (TurnTexts("Why?", "So.", "No."),),
        (TurnTexts("42", "[1, 2]", "null"),),
        (TurnTexts("Why?", "", ""),),
    ]
    assert file.without_texts == 0


@pytest.mark.parametrize("written", [json.dumps, repr, str, lambda messages: str(np.array(messages, dtype=object))])
def test_conversations_are_read_as_json_and_as_python_or_numpy_write_them(tmp_path, written):
    row = PLAIN | {"conversation_a": written(SAID_A), "conversation_b": written(SAID_B)}
    assert table(tmp_path, row)[1][0].turns == (TurnTexts("Why?", "Because.", "No."),)


def test_conversations_under_the_search_arenas_names_are_texts_too(tmp_path):
    _, (vote,) = lines(tmp_path, PLAIN | {"messages_a": SAID_A, "messages_b": SAID_B})
    assert vote.turns == (TurnTexts("Why?", "Because.", "No."),)


@pytest.mark.parametrize("broken", ["[{'role': 'user', 'content'", [{"content": "no role"}], [7], {"role": "user"}, 3])
def test_a_vote_whose_texts_cannot_be_read_lands_without_them_and_is_counted(tmp_path, broken):
    rows = [PLAIN | {"conversation_a": text, "conversation_b": SAID_B} for text in (broken, SAID_A)]
    file, votes = lines(tmp_path, *rows)
    assert [(vote.choice, len(vote.turns)) for vote in votes] == [("model_a", 0), ("model_a", 1)]
    assert file.without_texts == 1


def test_votes_only_read_no_text(tmp_path):
    file, (vote,) = lines(tmp_path, PLAIN | {"conversation_a": "[{", "conversation_b": SAID_B}, with_texts=False)
    assert (vote.turns, file.without_texts) == ((), 0)


@pytest.mark.parametrize("name", SAMPLES)
def test_null_where_it_may_stand_and_unknown_fields_cost_no_vote(tmp_path, name):
    needed = {"model_a", "model_b", "model_1", "winner", "preference", "generator_1", "generator_2"}
    row = {key: value if key in needed or key.startswith("winner") else None for key, value in SAMPLES[name].items()}
    _, (vote,) = lines(tmp_path, row | {"a field of tomorrow": {"deep": [None]}})
    assert vote.choice == "model_a"
