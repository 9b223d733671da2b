import numpy as np
import pytest

from ratings import Comparisons, RatingsError, leaderboard, style_control, ties
from ratings.anchor import UnknownAnchor
from ratings.bradley_terry import NoFiniteMaximum, fit
from ratings.elo import replay
from ratings.errors import LengthMismatch
from ratings.intervals import BadConfidence, Method, half_widths
from ratings.prior import NORMAL
from ratings.scale import to_points, width_in_points
from ratings.standings import standings
from ratings.ties import DAVIDSON, RAO_KUPPER

WORDS = np.array(["model_a", "model_b", "tie", "both_bad"])
NAMES = np.array(["ant", "bee", "cat", "dog", "eel"])


@pytest.fixture
def votes(simulate):
    return simulate(np.linspace(-1, 1, 5), 400, seed=1)


@pytest.fixture
def columns(votes):
    return NAMES[votes.a], NAMES[votes.b], WORDS[votes.outcome]


def by_name(board, field):
    return np.array([getattr(board[name], field) for name in NAMES.tolist()])


def test_a_board_of_names_is_that_of_the_standings_sorted_best_first(votes, columns):
    board, expected = leaderboard(*columns), standings(votes.fold(), prior=NORMAL)
    for field in ("rating", "lower", "upper", "rank", "votes", "win_rate"):
        assert by_name(board, field) == pytest.approx(getattr(expected, field))
    assert [row.rating for row in board] == sorted((row.rating for row in board), reverse=True)
    assert (board.votes, board.components, len(board)) == (400, (tuple(NAMES),), 5)


@pytest.mark.parametrize(("name", "model"), [("davidson", DAVIDSON), ("rao-kupper", RAO_KUPPER)])
def test_tie_models_bring_their_strengths_and_their_sandwich(votes, columns, name, model):
    board, fitted = leaderboard(*columns, ties=name), ties.fit(votes.fold(), model)
    width = width_in_points(half_widths(fitted.covariance[:-1, :-1]))
    assert by_name(board, "rating") == pytest.approx(to_points(fitted.strengths))
    assert by_name(board, "upper") == pytest.approx(to_points(fitted.strengths) + width)
    assert board.method.intervals == "sandwich"


def test_the_bootstrap_is_seeded_and_agrees_with_the_formula(columns):
    board, again = (leaderboard(*columns, intervals="bootstrap", seed=3) for _ in range(2))
    assert board == again
    assert by_name(board, "upper") == pytest.approx(by_name(leaderboard(*columns, prior=None), "upper"), abs=12)


def test_without_intervals_models_rank_by_rating_and_bounds_are_unknown(columns):
    board = leaderboard(*columns, intervals="none")
    assert [row.rank for row in board] == [1, 2, 3, 4, 5]
    assert np.isnan([(row.lower, row.upper) for row in board]).all()
    assert {row.rank_simultaneous for row in board} == {None}


def test_style_is_controlled_for_and_told_in_points(votes, columns):
    rng = np.random.default_rng(2)
    style = {"length": rng.normal(0, 2, 400) + votes.score, "lists": rng.normal(0, 1, 400)}
    board = leaderboard(*columns, style=style, position=True)
    styled = Comparisons(
        votes.a, votes.b, outcome=votes.outcome, n_models=5, features=np.stack([*style.values()], axis=1)
    )
    expected = style_control.fit(styled, position=True, prior=NORMAL)
    assert by_name(board, "rating") == pytest.approx(to_points(expected.strengths))
    assert [coefficient.name for coefficient in board.style] == ["length", "lists", "position"]
    points = width_in_points(np.append(expected.coefficients, expected.position))
    assert [coefficient.points for coefficient in board.style] == pytest.approx(points)
    assert board.style[0].lower > 0
    assert [coefficient.scale for coefficient in board.style] == pytest.approx([*expected.scales, 1])


def test_a_feature_that_votes_cannot_tell_is_refused_by_its_name(columns):
    with pytest.raises(RatingsError, match="lists is the same in every vote"):
        leaderboard(*columns, style={"length": np.arange(400), "lists": np.ones(400)})


def test_elo_is_replayed_in_the_order_of_the_rows(votes, columns):
    assert by_name(leaderboard(*columns, elo=True), "elo") == pytest.approx(replay(votes))
    assert {row.elo for row in leaderboard(*columns)} == {None}


def test_an_anchor_fixes_a_model_by_name_and_an_absent_one_is_refused(columns):
    board = leaderboard(*columns, anchor=("cat", 1114))
    assert board["cat"].rating == board["cat"].lower == 1114
    with pytest.raises(UnknownAnchor, match="'cow' cannot anchor"):
        leaderboard(*columns, anchor=("cow", 1114))


def test_votes_of_weight_0_are_as_if_they_were_not_there(votes, columns):
    kept = np.arange(400) % 3 > 0
    part = leaderboard(*(column[kept] for column in columns), elo=True)
    weighed = leaderboard(*columns, weight=kept.astype(float), elo=True)
    for field in ("rating", "lower", "rank", "votes", "elo", "both_bad_rate"):
        assert by_name(weighed, field) == pytest.approx(by_name(part, field))


def test_reweighting_per_pair_changes_ratings_but_not_the_votes_shown(columns):
    plain, even = leaderboard(*columns), leaderboard(*columns, per_pair=1)
    assert np.abs(by_name(plain, "rating") - by_name(even, "rating")).max() > 0.1
    assert by_name(even, "votes").tolist() == by_name(plain, "votes").tolist()


def test_intervals_by_voter_are_wider_where_voters_repeat_themselves(columns):
    thrice = [np.repeat(column, 3) for column in columns]
    by_vote, by_voter = leaderboard(*thrice), leaderboard(*thrice, voter=np.repeat(np.arange(400), 3))
    assert (by_name(by_voter, "upper") - by_name(by_vote, "upper") > 5).all()
    assert by_voter.method.by_voter


def test_what_cannot_be_compared_is_in_components_of_its_own_and_flagged():
    board = leaderboard(["x", "y", "p"], ["y", "x", "q"], ["model_a", "model_a", "model_a"])
    assert board.components == (("x", "y"), ("p", "q"))
    assert board["p"].flags == ("provisional", "undefeated", "not_comparable")
    assert board["x"].flags == ()
    assert [row.model for row in board] == ["x", "y", "p", "q"]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"ties": "elo"}, "ties is 'elo'; it must be one of half, davidson, rao-kupper"),
        ({"intervals": "wide"}, "intervals is 'wide'"),
        ({"ties": "davidson", "intervals": "hc3"}, "choose sandwich"),
        ({"voter": np.zeros(400, int), "intervals": "bootstrap"}, "half-win ties and hc3"),
        ({"style": {"length": np.zeros(400)}, "ties": "davidson"}, "style control goes with"),
        ({"style": {"length": np.zeros(400), "lists": np.zeros(3)}}, "row 3"),
    ],
)
def test_choices_that_do_not_go_together_are_refused_in_words(columns, choice, message):
    with pytest.raises(RatingsError, match=message):
        leaderboard(*columns, **choice)
    with pytest.raises(BadConfidence):
        leaderboard(*columns, confidence=95)


def test_a_tie_model_without_a_tie_says_so():
    with pytest.raises(NoFiniteMaximum, match="no vote is a tie"):
        leaderboard(["x", "y"], ["y", "x"], ["model_a", "model_a"], ties="davidson")


def test_no_votes_are_an_empty_board():
    board = leaderboard([], [], [])
    assert (len(board), board.components, board.votes) == (0, (), 0)


def test_real_votes_are_rated_as_their_golden_file_says(golden_votes):
    votes, names, answers = golden_votes
    board = leaderboard(votes.a, votes.b, votes.outcome, intervals=Method.SANDWICH, prior=None)
    exact = np.array([answers["exact"]["bt"][name] for name in names])
    found = np.array([[board[i].rating, board[i].lower, board[i].upper] for i in range(len(names))])
    assert np.abs(found - exact).max() < 1e-6
    assert to_points(fit(votes.fold())) == pytest.approx(exact[:, 0], abs=1e-6)


def test_nameless_votes_are_people_of_their_own_and_counted(simulate):
    votes = simulate([0, 0.5, 1], 200, seed=1)
    names = np.array(["x", "y", "z"])
    columns = names[votes.a], names[votes.b], votes.outcome
    everybody = leaderboard(*columns, voter=np.arange(200))
    nobody = leaderboard(*columns, voter=[None if n % 2 else n for n in range(200)])
    assert [row.lower for row in nobody] == pytest.approx([row.lower for row in everybody])
    assert (nobody.nameless, everybody.nameless) == (100, 0)
    with pytest.raises(LengthMismatch):
        leaderboard(*columns, voter=np.arange(199))


def test_an_anchor_is_found_in_any_spelling():
    board = leaderboard(["owl ", "fox"], ["fox", "owl"], ["model_a", "model_a"], anchor=(" owl", 1200))
    assert board["owl"].rating == 1200
