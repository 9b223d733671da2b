"""How often random halves of the votes contradict each other."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.people import People, draw
from ratings.comparisons import Comparisons, Outcome
from ratings.encoding import encode
from ratings.replication import replication

DIFFERENT = People(models=6, voters=40, votes=4000, taste=0.8)


def halves(arena, *, seed=1, splits=12):
    return replication(arena.votes, by=arena.voter, rng=np.random.default_rng(seed), splits=splits)


def test_halves_of_people_who_differ_contradict_intervals_for_independent_votes_and_not_those_by_voter():
    found = [halves(draw(DIFFERENT, np.random.default_rng(seed))) for seed in range(6)]
    assert np.mean([each.independent for each in found]) > 0.3
    assert np.mean([each.contradictions for each in found]) < 0.1
    assert {(round(each.promised, 9), each.comparisons, each.clusters) for each in found} == {(0.05, 72, 40)}


def test_the_same_seed_gives_the_same_answer_and_the_rounds_are_told():
    arena = draw(DIFFERENT, np.random.default_rng(0))
    told = []

    def asked():
        rng = np.random.default_rng(7)
        return replication(arena.votes, by=arena.voter, rng=rng, splits=3, on_progress=lambda *done: told.append(done))

    first, again = asked(), asked()
    assert first == again
    assert told == [(1, 3), (2, 3), (3, 3)] * 2


@pytest.mark.parametrize("voters", [3, 4])
def test_too_few_people_or_votes_compare_nothing(voters):
    votes = Comparisons([0, 1, 0, 1], [1, 0, 1, 0], outcome=[Outcome.MODEL_A, Outcome.MODEL_B] * 2, n_models=2)
    found = replication(votes, by=np.arange(4) % voters, rng=np.random.default_rng(0), splits=3)
    assert (found.comparisons, found.clusters) == (0, voters)
    assert np.isnan([found.contradictions, found.independent]).all()


@pytest.mark.skipif("ARENA_EXTRA_DATA" not in os.environ, reason="needs llmfao.csv of ARENA_EXTRA_DATA")
@pytest.mark.parametrize(("column", "bar", "before"), [("judge", 0.06, 0.095), ("prompt", 0.08, 0.3)])
def test_real_votes_replicate_for_other_people_and_for_other_prompts(column, bar, before):
    with (Path(os.environ["ARENA_EXTRA_DATA"]) / "llmfao.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    votes = encode(*([row[name] for row in rows] for name in ("model_a", "model_b", "winner"))).votes
    by = np.array([int(row[column]) for row in rows])
    found = replication(votes, by=by, rng=np.random.default_rng(0), splits=12)
    assert found.contradictions <= bar
    assert found.independent > before
