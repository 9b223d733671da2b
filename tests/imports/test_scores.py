"""Preferences between two choices stay fractions, from the file to the board and out again."""

import json
from random import Random

import pytest
from django.utils import timezone

from arena.exports.votes import export_votes
from arena.imports.votes import import_votes
from arena.models import LanguageModel, RatingSnapshot, Vote
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from ratings import leaderboard
from tests.exports.test_round_trip import assert_same_boards, boards, read_into_an_empty_site

pytestmark = pytest.mark.django_db


def annotations(folder, preferences, **fields):
    rows = [
        {"instruction": f"Question {number}?", "generator_1": "yak", "output_1": "Moo.", "generator_2": "gnu"}
        | {"output_2": "Hm.", "preference": preference, **fields}
        for number, preference in enumerate(preferences)
    ]
    (folder / "annotations.json").write_text(json.dumps(rows))
    return folder / "annotations.json"


def imported(path, **options):
    rejected = []
    return import_votes(path, now=timezone.now(), on_rejected=rejected.append, **options), rejected


def test_a_weighted_annotators_win_rate_is_the_mean_of_its_preferences(tmp_path):
    preferences = [1.23, 1.9, 1, 2, 1.5, 0, 1.4999, 1.000001]
    imported(annotations(tmp_path, preferences))
    publish_leaderboard(now=timezone.now())
    rates = {row.model.display_name: row.win_rate for row in RatingSnapshot.objects.newest().ratings.all()}
    points = [2 - (preference or 1.5) for preference in preferences]
    assert rates["yak"] == pytest.approx(sum(points) / len(points), abs=1e-12)
    expected = leaderboard(["yak"] * 8, ["gnu"] * 8, None, score=points)
    gap = {row.model.display_name: row.rating for row in RatingSnapshot.objects.newest().ratings.all()}
    assert gap["yak"] - gap["gnu"] == pytest.approx(expected["yak"].rating - expected["gnu"].rating, abs=1e-6)
    assert list(Vote.objects.order_by("pk").values_list("choice", "score"))[2:6] == [
        ("model_a", None),
        ("model_b", None),
        ("tie", None),
        ("tie", None),
    ]
    assert check_invariants(now=timezone.now()) == []


def test_another_preference_is_another_vote(tmp_path):
    path = annotations(tmp_path, [1.2], id="5b0c7a1e83ff4a55b6b0a86d2f1c9e10")
    assert (imported(path)[0].new, imported(path)[0].known) == (1, 1)
    done, rejected = imported(annotations(tmp_path, [1.3], id="5b0c7a1e83ff4a55b6b0a86d2f1c9e10"))
    assert (done.new, [row.reason for row in rejected]) == (
        0,
        ["battle 5b0c7a1e-83ff-4a55-b6b0-a86d2f1c9e10 is stored with the score 0.8, not 0.7"],
    )


@pytest.mark.parametrize("name", ["lmsys-140k", "lmsys-33k", "csv", "parquet", "alpaca-eval"])
def test_fractions_go_out_and_come_back_in_every_format_that_carries_all_votes(tmp_path, name):
    rng = Random(2)
    imported(annotations(tmp_path, [rng.uniform(1, 2) for _ in range(40)]))
    publish_leaderboard(now=timezone.now())
    before = boards()
    done = export_votes(name, tmp_path / "out", salt=b"salt", now=timezone.now(), with_imported=True)
    assert read_into_an_empty_site(done.path).new == 40
    assert_same_boards(before)


@pytest.mark.parametrize(("winner", "points"), [("model_a", "0.3"), ("model_b", "0.7"), ("both_bad", "0.7")])
def test_points_that_prefer_another_side_than_the_winner_are_rejected(tmp_path, winner, points):
    (tmp_path / "votes.csv").write_text(f"model_a,model_b,winner,score_of_a\nyak,gnu,{winner},{points}\n")
    (row,) = imported(tmp_path / "votes.csv")[1]
    assert "score_of_a" in row.reason
    assert not LanguageModel.objects.exists()
