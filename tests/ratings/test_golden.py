"""Real votes and their exact ratings, which live outside the repository (ARENA_EXTRA_DATA names the folder)."""

import numpy as np
import pytest

from ratings.bradley_terry import fit
from ratings.elo import replay
from ratings.intervals import Method, half_widths, sandwich
from ratings.ranking import ranks
from ratings.scale import to_points, width_in_points
from ratings.standings import standings

TOLERANCE = 1e-6  # points; the golden files are rounded to ten digits


@pytest.fixture(scope="module")
def golden(golden_votes):
    """The votes as comparisons, and a reader of golden columns in the order of their models."""
    votes, names, answers = golden_votes

    def column(*keys):
        chosen = answers
        for key in keys:
            chosen = chosen[key]
        return np.array([chosen[name] for name in names])

    return votes, column


def test_the_fit_is_the_exact_maximum_and_the_sandwich_its_exact_interval(golden):
    votes, column = golden
    exact, counts = column("exact", "bt"), votes.fold()
    strengths = fit(counts)
    width = width_in_points(half_widths(sandwich(counts, strengths)))
    assert np.abs(to_points(strengths) - exact[:, 0]).max() < TOLERANCE
    assert np.abs(to_points(strengths) - width - exact[:, 1]).max() < TOLERANCE
    assert np.abs(to_points(strengths) + width - exact[:, 2]).max() < TOLERANCE
    assert np.array_equal(ranks(exact[:, 1], exact[:, 2]), column("exact", "rank_ub"))


def test_online_elo_is_that_of_fastchat_and_evalica(golden):
    votes, column = golden
    for peer in ("fastchat", "evalica"):
        assert np.abs(replay(votes) - column("peers", peer, "elo")).max() < TOLERANCE


def test_the_board_of_real_votes_is_all_rated_and_exact(golden):
    votes, column = golden
    exact = column("exact", "bt")
    board = standings(votes.fold(), intervals=Method.SANDWICH)
    assert np.abs(np.transpose([board.rating, board.lower, board.upper]) - exact).max() < TOLERANCE
    assert np.array_equal(board.rank, column("exact", "rank_ub"))
    assert set(board.status) == {"rated"}


def test_hc3_changes_no_rating_and_with_many_votes_hardly_an_interval(golden):
    votes, column = golden
    exact, counts = column("exact", "bt"), votes.fold()
    board = standings(counts)
    assert np.abs(board.rating - exact[:, 0]).max() < TOLERANCE
    wider = (board.upper - board.lower) / (exact[:, 2] - exact[:, 1]) - 1
    assert (wider > 0).all()
    assert wider.max() < 3 / counts.votes.min()
