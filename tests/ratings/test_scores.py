"""Votes whose score is between those of the outcomes."""

import numpy as np
import pytest

from ratings import Comparisons, Outcome, PairCounts, leaderboard, style_control
from ratings.__main__ import main
from ratings.bootstrap import bootstrap
from ratings.bradley_terry import fit, inverse_information, win_probabilities
from ratings.clusters import covariance
from ratings.elo import replay, win_probability
from ratings.errors import BadScore, FractionalScore, LengthMismatch, UnknownOutcome
from ratings.held_out import compare
from ratings.intervals import half_widths, hc3, residual_squares, sandwich
from ratings.live import Live
from ratings.robustness import smallest_upset
from ratings.standings import standings
from ratings.ties import DAVIDSON
from ratings.ties import fit as fit_ties

A, B, TIE, BOTH_BAD = Outcome
SEEDS = range(4)


def graded(simulate, seed, *, weights=False):
    """Votes of which half have a score between, and those scores, NaN for the others."""
    votes, rng = simulate(np.linspace(-1, 1, 5), 300, seed=seed, weights=weights), np.random.default_rng(seed)
    part = rng.random(300) / 2
    score = np.select(
        [votes.outcome == A, votes.outcome == B, votes.outcome == TIE], [1 - part, part, 2 * part], np.nan
    )
    score[rng.random(300) < 0.5] = np.nan
    return with_score(votes, score), score


def with_score(votes, score, features=None):
    columns = {"outcome": votes.outcome, "n_models": votes.n_models, "weight": votes.weight, "features": features}
    return Comparisons(votes.a, votes.b, score=score, **columns)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("weights", [False, True])
def test_sums_by_pair_are_those_of_a_loop_over_the_votes(simulate, seed, weights):
    votes, _ = graded(simulate, seed, weights=weights)
    strengths = fit(votes.fold())
    chance = win_probabilities(strengths)
    points, squares = np.zeros((2, 5, 5))
    for a, b, score, weight in zip(votes.a, votes.b, votes.score, votes.weight, strict=True):
        points[a, b] += weight * score
        points[b, a] += weight * (1 - score)
        squares[[a, b], [b, a]] += weight**2 * (score - chance[a, b]) ** 2
    assert votes.fold().score == pytest.approx(points, abs=1e-12)
    assert residual_squares(votes.fold().squares, chance) == pytest.approx(squares, abs=1e-10)
    rows = np.eye(5)[votes.a] - np.eye(5)[votes.b]
    pulls = (votes.weight * (votes.score - chance[votes.a, votes.b]))[:, None] * rows
    bread = inverse_information(votes.fold(), strengths)
    assert sandwich(votes.fold(), strengths) == pytest.approx(bread @ pulls.T @ pulls @ bread, rel=1e-9)
    by_voter = covariance(votes, strengths, voter=np.arange(300))
    assert half_widths(by_voter) == pytest.approx(half_widths(hc3(votes.fold(), strengths)), rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_that_the_outcomes_say_change_no_bit(simulate, seed):
    votes = simulate(np.linspace(-1, 1, 5), 300, seed=seed)
    same = with_score(votes, votes.score)
    assert not same.is_graded
    one, other = standings(votes.fold()), standings(same.fold())
    assert np.array_equal(one.rating, other.rating)
    assert np.array_equal(one.upper, other.upper)


@pytest.mark.parametrize("seed", SEEDS)
def test_swapping_the_sides_of_all_votes_changes_nothing(simulate, seed):
    votes, _ = graded(simulate, seed, weights=True)
    outcome = np.array([B, A, TIE, BOTH_BAD])[votes.outcome]
    turned = Comparisons(
        votes.b, votes.a, outcome=outcome, n_models=5, weight=votes.weight, score=1 - np.asarray(votes.score)
    )
    one, other = standings(votes.fold()), standings(turned.fold())
    assert other.rating == pytest.approx(one.rating, abs=1e-8)
    assert other.upper == pytest.approx(one.upper, abs=1e-6)


def test_more_points_never_lower_a_model_against_its_rival(simulate):
    votes, score = graded(simulate, 1)
    before = fit(votes.fold())
    for row in np.flatnonzero(votes.outcome == A)[:20]:
        more = score.copy()
        more[row] = 1.0
        after, a, b = fit(with_score(votes, more).fold()), votes.a[row], votes.b[row]
        assert after[a] - after[b] > before[a] - before[b] - 1e-9


def test_parts_and_categories_keep_the_scores(simulate):
    votes, _ = graded(simulate, 2, weights=True)
    member = np.arange(300) % 2 == 0
    halves = votes.fold_each(np.stack([member, ~member], axis=1))
    for name in ("wins", "ties", "both_bad", "split"):
        assert sum(getattr(half, name) for half in halves) == pytest.approx(getattr(votes.fold(), name), abs=1e-12)
    inner, rows = votes.between(np.array([3, 1, 2]))
    assert np.array_equal(inner.score, votes.score[rows])
    assert inner.fold().split == pytest.approx(votes.fold().among(np.array([3, 1, 2])).split)
    assert votes.fold().times(np.full((5, 5), 2.0)).split == pytest.approx(votes.fold().split * 2)


def test_style_control_without_style_finds_the_same_strengths(simulate):
    votes, _ = graded(simulate, 3)
    strengths = style_control.fit(votes, position=False).strengths
    assert strengths == pytest.approx(fit(votes.fold()), abs=1e-9)


def test_elo_pays_the_score(simulate):
    votes = Comparisons([0], [1], outcome=[A], score=[0.7], n_models=2)
    assert replay(votes, k=32)[0] == pytest.approx(1000 + 32 * (0.7 - win_probability(1000, 1000)))


def test_answers_that_all_score_as_expected_leave_no_residual():
    votes = Comparisons([0] * 9, [1] * 9, outcome=[A] * 9, score=[0.7] * 9, n_models=2)
    assert (residual_squares(votes.fold(), win_probabilities(fit(votes.fold()))) == 0).all()


def test_what_knows_whole_outcomes_only_refuses_scores_in_a_sentence(simulate):
    counts, rng = graded(simulate, 0)[0].fold(), np.random.default_rng(0)
    for door in (
        lambda: fit_ties(counts, DAVIDSON),
        lambda: compare(counts, rng=rng),
        lambda: smallest_upset(counts),
        lambda: bootstrap(counts, rng=rng),
        lambda: Live(counts),
    ):
        with pytest.raises(FractionalScore, match="is made for whole outcomes, and some votes have a score between"):
            door()


@pytest.mark.parametrize(
    ("outcome", "score"), [(A, 0.4), (B, 0.6), (BOTH_BAD, 0.6), (TIE, 1.1), (TIE, -0.1), (A, np.inf)]
)
def test_a_score_that_the_outcome_cannot_have_is_refused_with_its_row(outcome, score):
    with pytest.raises(BadScore, match=r"row 1: .* is not a score"):
        Comparisons([0, 0], [1, 1], outcome=[A, outcome], score=[0.5, score], n_models=2)


def test_the_score_says_the_winner_where_none_stands():
    names, rivals = ["x", "y", "x", "y"], ["y", "x", "y", "x"]
    expected = leaderboard(names, rivals, ["model_a", "model_b", "tie", "both_bad"], score=[0.8, 0.3, 0.5, None])
    for winner in (["", None, "tie", "both_bad"], ["model_a", "", "", "both_bad"]):
        assert leaderboard(names, rivals, winner, score=[0.8, 0.3, 0.5, None]).rows == expected.rows
    found = leaderboard(names[:3], rivals[:3], None, score=np.array([0.8, 0.3, 0.5]))
    assert found["x"].win_rate == pytest.approx((0.8 + 0.7 + 0.5) / 3)
    with pytest.raises(UnknownOutcome, match="row 3: None"):
        leaderboard(names, rivals, None, score=[0.8, 0.3, 0.5, None])
    with pytest.raises(BadScore, match="row 1: 'high'"):
        leaderboard(names, rivals, None, score=[None, "high", None, None])
    with pytest.raises(LengthMismatch):
        leaderboard(names, rivals, ["tie"] * 4, score=[0.5] * 3)


def test_the_command_reads_a_column_of_scores(capsys, tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("model_a,model_b,winner,s\nx,y,,0.8\ny,x,model_b,0.3\nx,y,tie,\n")
    assert main([str(path), "--score", "s"]) == 0
    assert "67%" in capsys.readouterr().out
    assert main([str(path), "--score", "s", "--ties", "davidson"]) == 2
    assert "a model of ties is made for whole outcomes" in capsys.readouterr().err
    path.write_text("model_a,model_b,winner,s\nx,y,model_a,0.8\ny,x,model_b,0.9\n")
    assert main([str(path), "--score", "s"]) == 2
    assert "v.csv: row 2: 0.9 is not a score in [0, 1] that its outcome can have" in capsys.readouterr().err


def test_scores_beside_a_loss_of_years_ago_are_rated():
    wins, none = np.array([[0, 6.0, 3], [4, 0, 4], [1e-9, 3, 0]]), np.zeros((3, 3))
    split = np.array([[0, 2.0, 0], [2, 0, 0], [0, 0, 0]])
    board = standings(PairCounts(wins, none, both_bad=none, split=split))
    assert np.isfinite(board.upper).all()
