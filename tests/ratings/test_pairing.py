from collections import Counter
from random import Random

import pytest
from scipy.stats import chisquare

from ratings.pairing import TooFewModels, uniform


def test_every_ordered_pair_of_all_models_is_equally_likely():
    rng = Random(1)
    drawn = Counter((pair.a, pair.b) for pair in (uniform(4, rng) for _ in range(6000)))
    assert len(drawn) == 12
    assert chisquare(list(drawn.values())).pvalue > 0.01


def test_only_allowed_pairs_are_drawn_each_equally_often_and_on_fair_sides():
    rng = Random(2)
    allowed = [(0, 1), (5, 3), (7, 1)]
    drawn = Counter((pair.a, pair.b) for pair in (uniform(allowed, rng) for _ in range(6000)))
    assert set(drawn) == {(0, 1), (1, 0), (5, 3), (3, 5), (7, 1), (1, 7)}
    assert chisquare(list(drawn.values())).pvalue > 0.01


def test_the_probability_is_that_of_the_pair_whoever_sits_where():
    assert uniform(4, Random(3)).probability == pytest.approx(1 / 6)
    assert uniform(2, Random(3)).probability == 1
    assert uniform([(0, 1), (1, 2), (2, 1)], Random(3)).probability == 0.5


def test_an_equal_rng_draws_an_equal_pair():
    assert uniform(50, Random(9)) == uniform(50, Random(9))
    assert uniform([(0, 1), (1, 2)], Random(9)) == uniform([(1, 0), (2, 1)], Random(9))


@pytest.mark.parametrize("candidates", [0, 1, -3, [], [(2, 2)], [(0, 1), (2, 2)]])
def test_without_two_different_models_there_is_no_pair(candidates):
    with pytest.raises(TooFewModels):
        uniform(candidates, Random(4))
