import numpy as np
import pyarrow as pa
import pytest

from ratings.encoding import encode, outcomes
from ratings.errors import LengthMismatch, MissingName, SelfComparison, UnknownOutcome

A, B, WORDS = ["zebra", "okapi", "zebra"], ["okapi", "tapir", "tapir"], ["model_b", "tie", "tie (bothbad)"]
FORMS = {
    "lists": list,
    "object arrays": lambda column: np.array(column, dtype=object),
    "string arrays": np.array,
    "arrow": pa.array,
    "chunked arrow": lambda column: pa.chunked_array([column[:1], column[1:]]),
    "dictionaries": lambda column: pa.chunked_array([pa.array(column[:2]), pa.array(column[2:])]).dictionary_encode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_columns_of_any_kind_become_the_same_codes_with_sorted_names(form):
    named = encode(form(A), form(B), form(WORDS))
    assert named.names == ("okapi", "tapir", "zebra")
    assert (named.votes.a.tolist(), named.votes.b.tolist()) == ([2, 0, 2], [0, 1, 1])
    assert named.votes.outcome.tolist() == [1, 2, 3]


def test_integers_name_models_too_and_sort_as_numbers():
    named = encode(np.array([10, 9], dtype=np.int32), [9, 100], np.array([0, 3], dtype=np.uint8))
    assert named.names == (9, 10, 100)
    assert named.votes.a.tolist() == [1, 0]
    assert named.votes.outcome.tolist() == [0, 3]


def test_numbers_beside_names_are_names():
    assert encode([1, 2], ["x", "1"], ["tie", "tie"]).names == ("1", "2", "x")
    assert encode(["x", 7], ["y", "x"], ["tie", "tie"]).names == ("7", "x", "y")


def test_names_that_only_side_b_has_are_named_too():
    named = encode(["x", "x"], ["q", "y"], ["tie", "tie"])
    assert named.names == ("q", "x", "y")
    assert named.votes.b.tolist() == [0, 2]


def test_pandas_columns_are_read_too():
    pandas = pytest.importorskip("pandas", reason="pandas is not among the requirements")
    frame = pandas.DataFrame({"a": A, "b": B, "w": WORDS})
    assert encode(frame.a, frame.b, frame.w).names == ("okapi", "tapir", "zebra")


@pytest.mark.parametrize("empty", [None, float("nan"), ""])
def test_a_missing_name_is_refused_with_its_row(empty):
    with pytest.raises(MissingName, match="row 1: "):
        encode(["x", empty, "x"], ["y", "y", "y"], ["tie"] * 3)


@pytest.mark.parametrize("word", ["left", "", None, "MODEL_A", 4, -1])
def test_what_is_no_outcome_is_refused_with_its_row_and_never_a_tie(word):
    with pytest.raises(UnknownOutcome, match="row 1: "):
        outcomes([0, word] if isinstance(word, int) else ["tie", word])


@pytest.mark.parametrize("column", [[0.5], [0.0, 1.0], [True, False], [True, "tie"]])
def test_half_points_and_truths_are_no_outcomes(column):
    with pytest.raises(UnknownOutcome, match="row 0: "):
        outcomes(column)


def test_a_model_against_itself_is_refused_by_its_name():
    with pytest.raises(SelfComparison, match="row 1: 'x' is compared with itself"):
        encode(["x", "x"], ["y", "x"], ["tie", "tie"])


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(LengthMismatch, match="row 1: "):
        encode(["x"], ["y", "z"], ["tie", "tie"])


def test_columns_cannot_be_changed_under_the_votes():
    a = np.array([1, 2])
    view = a[:]
    view.setflags(write=False)
    votes = encode(a, [2, 1], [0, 0]).votes
    a[:] = 7
    assert votes.a.tolist() == [0, 1]
    from_view = encode(view, [8, 9], [0, 0]).votes
    a[:] = 8
    assert from_view.a.tolist() == [0, 0]
