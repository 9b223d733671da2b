"""What single voters do to a board."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks.people import People, draw
from ratings.bradley_terry import fit
from ratings.comparisons import Comparisons, Outcome
from ratings.influence import fewest_voters, influences

SMALL = People(models=4, voters=7, votes=140, taste=0.6)


def without(arena, voters):
    return fit(arena.votes.among(~np.isin(arena.voter, voters)).fold())


def test_an_influence_is_nearly_what_leaving_the_voter_out_changes():
    arena = draw(People(models=5, voters=12, votes=900, taste=0.5), np.random.default_rng(4))
    strengths = fit(arena.votes.fold())
    moved = influences(arena.votes, strengths, voter=arena.voter)
    exact = np.array([without(arena, [voter]) - strengths for voter in range(12)])
    assert np.abs(moved - exact).max() < 0.02
    assert np.abs(exact).max() > 0.09


@pytest.mark.parametrize("seed", range(12))
def test_no_smaller_set_of_voters_than_the_one_found_gives_another_leader(seed):
    arena = draw(SMALL, np.random.default_rng(seed))
    found = fewest_voters(arena.votes, voter=arena.voter)
    leader = int(np.argmax(fit(arena.votes.fold())))
    assert found.leader == leader
    assert int(np.argmax(without(arena, found.voters))) == found.successor != leader
    smaller = [set(some) for size in range(1, len(found.voters)) for some in combinations(range(7), size)]
    assert [some for some in smaller if np.argmax(without(arena, list(some))) != leader] == []


def test_a_search_that_asks_for_too_many_voters_is_given_up():
    votes = Comparisons(
        [0] * 60, [1] * 60, outcome=[Outcome.MODEL_A, Outcome.MODEL_A, Outcome.MODEL_B] * 20, n_models=2
    )
    found = fewest_voters(votes, voter=np.arange(60))
    assert len(found.voters) == 21
    assert fewest_voters(votes, voter=np.arange(60), most=20) is None


def test_one_model_alone_has_no_rival():
    assert fewest_voters(Comparisons([], [], outcome=[], n_models=1), voter=np.array([], dtype=int)) is None
