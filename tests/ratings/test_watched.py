"""The campaigns of benchmarks.watched are what they say, and who watches them is misled as seldom as promised."""

import numpy as np
import pytest

from benchmarks.watched import ALONE, COLLEAGUES, PUBLIC, Campaign, draw, first_verdicts, middle_of, misled, plan, watch
from ratings import Comparisons, Outcome
from ratings.anytime import gap_between
from ratings.decide import MARGIN, Verdict
from ratings.estimators import clustered
from ratings.standings import standings, standings_by

OUTCOMES = {1.0: Outcome.MODEL_A, 0.5: Outcome.TIE, 0.0: Outcome.MODEL_B}


@pytest.mark.parametrize("order", ["even", "lognormal", "sessions"])
def test_what_is_seen_after_a_vote_is_the_gap_of_the_package(order):
    score, voter = draw(Campaign(7, 0.8, order), 0.3, votes=300, rng=np.random.default_rng(1))
    seen = watch(score, voter)
    for votes in (90, 173, 300):
        mine = Comparisons(
            np.zeros(votes, int), np.ones(votes, int), outcome=[OUTCOMES[one] for one in score[:votes]], n_models=2
        )
        board = standings_by(mine.fold(), clustered(mine, voter=voter[:votes], prompt=None))
        gap = gap_between(board, mine.fold(), first=0, second=1)
        other = seen.gap_after(votes)
        assert other.points == pytest.approx(gap.points, abs=1e-6)
        assert [one.deviation for one in other.errors] == pytest.approx([one.deviation for one in gap.errors])
        assert other.errors[1].freedom == pytest.approx(gap.errors[1].freedom)
        assert other.votes == pytest.approx(gap.votes, rel=0.1)


def test_without_people_it_is_the_board_of_independent_votes():
    score, _ = draw(ALONE, 0.5, votes=120, rng=np.random.default_rng(2))
    votes = Comparisons(np.zeros(120, int), np.ones(120, int), outcome=[OUTCOMES[one] for one in score], n_models=2)
    gap = gap_between(standings(votes.fold()), votes.fold(), first=0, second=1)
    assert watch(score, None).errors[0][-1] == pytest.approx(gap.errors[0].deviation)


def test_the_gap_of_a_campaign_is_what_all_its_people_together_show():
    score, _ = draw(PUBLIC, middle_of(80, PUBLIC), votes=400_000, rng=np.random.default_rng(3))
    assert watch(score, None).points[-1] == pytest.approx(80, abs=3)


@pytest.mark.parametrize("kind", [ALONE, COLLEAGUES], ids=str)
def test_who_looks_at_each_of_a_thousand_votes_is_seldom_misled_by_the_band(kind):
    found = misled(kind, votes=1000, number=150)
    assert found.band <= 0.06
    assert found.fixed > 0.15


def test_a_plan_has_the_votes_that_a_textbook_gives():
    without_taste = 4 * (2.8 / (60 / 173.7)) ** 2  # no ties, a chance of a half
    assert plan(ALONE, margin=0) == pytest.approx(0.75 * without_taste, rel=0.05)
    assert plan(PUBLIC) > 1.5 * plan(ALONE)


def test_a_clear_gap_is_decided_within_twice_the_plan_and_a_gap_of_the_margin_is_not():
    clear = first_verdicts(ALONE, MARGIN + 60, votes=2 * plan(ALONE), number=150)
    assert len(clear[Verdict.BETTER]) >= 0.75 * 150
    assert not clear[Verdict.WORSE]
    at_the_margin = first_verdicts(ALONE, MARGIN, votes=1000, number=150)
    assert len(at_the_margin[Verdict.BETTER]) <= 0.05 * 150
