import pickle

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, RatingsError
from ratings.errors import (
    BadCounts,
    BadFeature,
    BadRow,
    BadWeight,
    IndexOutOfRange,
    LengthMismatch,
    SelfComparison,
    UnknownOutcome,
)

A, B, TIE, BOTH_BAD = Outcome
EMPTY = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("change", "error", "row"),
    [
        ({"outcome": [0, 1, 4]}, UnknownOutcome, 2),
        ({"outcome": [0, -1, 9]}, UnknownOutcome, 1),
        ({"outcome": [0, "left", 1]}, UnknownOutcome, 1),
        ({"outcome": [0, 1, 1.5]}, UnknownOutcome, 2),
        ({"outcome": [True, False, True]}, UnknownOutcome, 0),
        ({"a": [0, 2, 2]}, SelfComparison, 1),
        ({"a": [0, 1, 3]}, IndexOutOfRange, 2),
        ({"b": [-1, 2, 0]}, IndexOutOfRange, 0),
        ({"b": [1, None, 0]}, IndexOutOfRange, 1),
        ({"outcome": [0, 1]}, LengthMismatch, 2),
        ({"a": [0]}, LengthMismatch, 1),
        ({"weight": [1.0]}, LengthMismatch, 1),
        ({"weight": [[1.0, 1.0, 1.0]]}, LengthMismatch, 0),
        ({"weight": [1.0, np.nan, 1.0]}, BadWeight, 1),
        ({"weight": [1.0, 1.0, -0.5]}, BadWeight, 2),
        ({"weight": [np.inf, 1.0, 1.0]}, BadWeight, 0),
        ({"features": [[0.0, 1.0], [np.nan, 0.0], [0.0, np.nan]]}, BadFeature, 1),
        ({"features": [[0.0], [1.0], [np.inf]]}, BadFeature, 2),
        ({"features": [[0.0], [1.0]]}, LengthMismatch, 2),
        ({"features": [0.0, 1.0, 2.0]}, LengthMismatch, 0),
    ],
)
def test_a_row_that_cannot_be_a_vote_is_refused_with_its_number(change, error, row):
    columns = {"a": [0, 1, 2], "b": [1, 2, 0], "outcome": [0, 1, 2], "n_models": 3, **change}
    with pytest.raises(error, match=f"row {row}: ") as caught:
        Comparisons(columns.pop("a"), columns.pop("b"), **columns)
    assert caught.value.row == row


def test_an_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(UnknownOutcome(3, "left")))
    assert isinstance(error, BadRow)
    assert isinstance(error, RatingsError)
    assert str(error) == "row 3: 'left' is not an outcome"


def test_a_negative_number_of_models_is_refused():
    with pytest.raises(RatingsError, match="n_models is -1"):
        Comparisons([], [], outcome=[], n_models=-1)


def test_comparisons_cannot_be_changed_afterwards_not_even_through_the_arrays_they_came_from():
    a, weight = np.array([0, 1]), np.array([1.0, 2.0])
    votes = Comparisons(a, [1, 0], outcome=[A, B], n_models=2, weight=weight)
    a[0] = weight[0] = 7
    assert votes.a.tolist() == [0, 1]
    assert votes.weight.tolist() == [1, 2]
    for column in (votes.a, votes.b, votes.outcome, votes.weight, votes.fold().wins):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 5
    with pytest.raises(AttributeError):
        votes.n_models = 3  # type: ignore[misc]


def test_folding_counts_each_kind_of_outcome_with_its_weight():
    votes = Comparisons(
        [0, 1, 0, 1, 2], [1, 0, 1, 2, 1], outcome=[A, A, B, TIE, BOTH_BAD], weight=[1, 2, 3, 4, 5], n_models=3
    )
    counts = votes.fold()
    assert counts.wins.tolist() == [[0, 1, 0], [5, 0, 0], [0, 0, 0]]
    assert counts.ties.tolist() == [[0, 0, 0], [0, 0, 4], [0, 4, 0]]
    assert counts.both_bad.tolist() == [[0, 0, 0], [0, 0, 5], [0, 5, 0]]
    assert counts.score.tolist() == [[0, 1, 0], [5, 0, 4.5], [0, 4.5, 0]]
    assert counts.battles.tolist() == [[0, 6, 0], [6, 0, 9], [0, 9, 0]]
    assert counts.votes.tolist() == [6, 15, 9]
    assert counts.win_rate == pytest.approx([1 / 6, 9.5 / 15, 0.5])


def test_folding_keeps_the_squares_of_weights_that_are_not_0_or_1():
    weighted = Comparisons([0, 1, 1], [1, 0, 2], outcome=[A, A, TIE], weight=[0.5, 3, 2], n_models=3).fold()
    assert weighted.squares.wins.tolist() == [[0, 0.25, 0], [9, 0, 0], [0, 0, 0]]
    assert weighted.squares.ties[1, 2] == weighted.squares.ties[2, 1] == 4
    assert weighted.among(np.array([2, 1])).squares.ties.tolist() == [[0, 4], [4, 0]]
    doubled = weighted.times(np.full((3, 3), 2.0))
    assert (doubled.wins[1, 0], doubled.squares.wins[1, 0]) == (6, 36)
    plain = Comparisons([0, 1], [1, 0], outcome=[A, A], weight=[1, 0], n_models=2).fold()
    assert plain.squares is plain


def test_each_category_folds_as_its_votes_alone(simulate):
    rng = np.random.default_rng(5)
    for votes in (simulate([0.0, 0.5, 1.0], 400, seed=1), simulate([0.0, 0.5, 1.0], 400, seed=1, weights=True)):
        members = rng.random((400, 4)) < 0.4
        for counts, member in zip(votes.fold_each(members), members.T, strict=True):
            alone = votes.among(member).fold()
            for name in ("wins", "ties", "both_bad"):
                assert getattr(counts, name) == pytest.approx(getattr(alone, name))
                assert getattr(counts.squares, name) == pytest.approx(getattr(alone.squares, name))
    with pytest.raises(LengthMismatch, match="row 3"):
        votes.fold_each(members[:3])


def test_the_share_of_votes_that_call_both_bad_is_told_per_model():
    counts = Comparisons([0, 0, 0], [1, 1, 1], outcome=[A, TIE, BOTH_BAD], n_models=3).fold()
    assert counts.both_bad_rate[:2] == pytest.approx([1 / 3, 1 / 3])
    assert np.isnan(counts.both_bad_rate[2])


def test_the_win_rate_of_a_model_without_votes_is_not_a_number():
    votes = Comparisons([0], [1], outcome=[A], n_models=3)
    assert np.isnan(votes.fold().win_rate).tolist() == [False, False, True]


def test_swapping_the_sides_of_any_votes_changes_no_bit_of_the_counts(simulate):
    votes = simulate([0.0, 0.5, -0.5, 1.0], 300, seed=1, weights=True)
    swap = np.arange(len(votes)) % 3 == 0
    swapped = Comparisons(
        np.where(swap, votes.b, votes.a),
        np.where(swap, votes.a, votes.b),
        outcome=np.where(swap & (votes.outcome < 2), 1 - votes.outcome, votes.outcome),
        weight=votes.weight,
        n_models=4,
    )
    for name in ("wins", "ties", "both_bad"):
        assert np.array_equal(getattr(votes.fold(), name), getattr(swapped.fold(), name))


def test_no_votes_and_no_models_fold_into_empty_counts():
    assert Comparisons([], [], outcome=[], n_models=3).fold().votes.tolist() == [0, 0, 0]
    assert Comparisons([], [], outcome=[], n_models=0).fold().score.shape == (0, 0)


@pytest.mark.parametrize(
    ("wins", "ties", "message"),
    [
        (np.zeros((2, 3)), EMPTY, "wins has shape"),
        (EMPTY, np.zeros((3, 3)), "ties has shape"),
        ([[0, np.nan], [0, 0]], EMPTY, "finite"),
        ([[0, -1], [0, 0]], EMPTY, "at least 0"),
        ([[1, 0], [0, 0]], EMPTY, "against itself"),
        (EMPTY, [[0, 1], [2, 0]], "symmetric"),
    ],
)
def test_matrices_that_no_votes_fold_into_are_refused(wins, ties, message):
    with pytest.raises(BadCounts, match=message):
        PairCounts(wins, ties, both_bad=EMPTY)


def test_the_counts_among_some_models_are_those_of_the_votes_between_them():
    counts = Comparisons([0, 1, 2], [1, 2, 0], outcome=[A, TIE, BOTH_BAD], n_models=3).fold()
    some = counts.among(np.array([2, 1]))
    assert some.ties.tolist() == [[0, 1], [1, 0]]
    assert some.votes.tolist() == [1, 1]
