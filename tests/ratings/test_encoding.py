import numpy as np
import pyarrow as pa
import pytest

from ratings.encoding import encode, outcomes, voters
from ratings.errors import LengthMismatch, MissingName, RatingsError, SelfComparison, UnknownOutcome

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


SPELLINGS = ["caf\u00e9", "cafe\u0301", " caf\u00e9", "caf\u00e9\t", "\u00a0cafe\u0301 "]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_spellings_of_a_name_that_look_alike_are_one_model(form):
    named = encode(form(SPELLINGS), form([" tea", "tea", "tea ", "tea", "tea"]), form(["tie"] * 5))
    assert named.names == ("caf\u00e9", "tea")
    assert (named.votes.a.tolist(), named.votes.b.tolist()) == ([0] * 5, [1] * 5)


def test_names_that_differ_by_case_or_inside_are_two_models():
    assert encode(["a", "A"], ["a b", "a  b"], ["tie", "tie"]).names == ("A", "a", "a  b", "a b")


def test_a_name_of_white_space_is_missing_and_two_spellings_are_no_pair():
    with pytest.raises(MissingName, match="row 1: ' '"):
        encode(["x", " "], ["y", "y"], ["tie"] * 2)
    with pytest.raises(SelfComparison, match="row 1: 'x' is compared with itself"):
        encode(["x", "x "], ["y", "x"], ["tie"] * 2)


@pytest.mark.parametrize("nobody", [None, float("nan"), "", "  "])
@pytest.mark.parametrize("form", [list, pa.array], ids=["list", "arrow"])
def test_each_nameless_vote_is_a_voter_of_its_own(form, nobody):
    known = 7.0 if isinstance(nobody, float) else "kim"
    codes = voters(form([known, nobody, nobody, known, nobody]), n_votes=5)
    assert codes[0] == codes[3] >= 0
    assert len(set(codes.tolist())) == 4
    assert (codes < 0).tolist() == [False, True, True, False, True]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_voters_are_one_by_the_rule_of_names(form):
    assert len(set(voters(form(SPELLINGS), n_votes=5).tolist())) == 1
    assert len(set(voters(np.array([3, -1, 3, -1]), n_votes=4).tolist())) == 2
    assert (voters(np.array([3, -1, 3, -1]), n_votes=4) >= 0).all()


def test_voters_of_two_kinds_are_read_and_a_column_of_another_shape_is_refused():
    assert len(set(voters(["kim", 7, float("nan"), 7], n_votes=4).tolist())) == 3
    for column in (["kim"], np.zeros((4, 1)), []):
        with pytest.raises(LengthMismatch, match="must be flat and of one length"):
            voters(column, n_votes=4)


def test_a_table_in_the_place_of_a_column_is_no_traceback():
    with pytest.raises(RatingsError):
        encode(np.array([["a", "b"]]), np.array([["b", "a"]]), ["tie", "tie"])
