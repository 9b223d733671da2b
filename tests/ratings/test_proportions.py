import pytest
from scipy.stats import binomtest

from ratings.intervals import BadConfidence
from ratings.proportions import NoVotes, Share, effective_votes, wilson


@pytest.mark.parametrize(("successes", "votes"), [(0, 1), (1, 1), (7, 10), (250, 1000), (0, 30)])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_the_interval_is_that_of_scipy(successes, votes, confidence):
    found, known = wilson(successes / votes, votes, confidence=confidence), binomtest(successes, votes)
    known = known.proportion_ci(confidence, method="wilson")
    assert (found.lower, found.upper) == pytest.approx((known.low, known.high), abs=1e-12)


def test_both_sides_of_a_share_mirror_each_other():
    found, mirrored = wilson(0.7, 10).rest, wilson(0.3, 10)
    assert (found.share, found.lower, found.upper) == pytest.approx((mirrored.share, mirrored.lower, mirrored.upper))


def test_votes_of_equal_weight_count_one_by_one_and_uneven_ones_for_less():
    assert effective_votes(5, 5) == 5
    assert effective_votes(2.5, 5 * 0.25) == 5
    assert effective_votes(1 + 0.1, 1 + 0.01) == pytest.approx(1.198, abs=1e-3)
    assert effective_votes(0, 0) == 0


def test_no_votes_have_no_share_and_a_confidence_lies_between_0_and_1():
    with pytest.raises(NoVotes):
        wilson(0.5, 0)
    with pytest.raises(BadConfidence):
        wilson(0.5, 10, confidence=1)
    assert wilson(1, 5).upper == 1 == Share(1, 1, 1).upper
