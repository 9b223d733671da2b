import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.models import Choice, Rating, RatingSnapshot
from arena.scoring.publish import publish_leaderboard
from arena.scoring.recompute import recompute_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]

START = timezone.now()


def at(minutes):
    return START + timedelta(minutes=minutes)


@pytest.fixture
@made_once
def votes():
    """Four rounds of ten votes at the minutes 0, 10, 20 and 30, each with a board five minutes later."""
    rng, entries, cast = random.Random(3), [make_entry() for _ in range(4)], []
    for minutes in (0, 10, 20, 30):
        for _ in range(10):
            a, b = rng.sample(entries, 2)
            cast.append(cast_vote(make_battle(a, b), rng.choice(list(Choice)), now=at(minutes)))
        publish_leaderboard(now=at(minutes + 5))
    return cast


def boards():
    """The overall ones, the oldest first."""
    return list(RatingSnapshot.objects.filter(category="overall").order_by("pk"))


def test_every_kept_board_is_what_its_votes_give(votes):
    for number, board in enumerate(boards(), start=1):
        found = recompute_leaderboard(board.pk)
        assert (found.problems, found.votes) == ([], 10 * number)
        assert found.largest_difference < 1e-6


def test_a_board_is_computed_with_the_weights_of_its_time(votes):
    for vote, minutes, weight in ((votes[0], 40, 0.5), (votes[1], 50, 0.0), (votes[0], 60, 1.0)):
        exclude_vote(vote, rule="test", by="a test", now=at(minutes), weight=weight)
        publish_leaderboard(now=at(minutes + 5))
    assert len(boards()) == 7
    everything = RatingSnapshot.objects.all()
    assert {"overall", "no_ties", "english"} <= everything.categories()
    assert {board.pk: recompute_leaderboard(board.pk).problems for board in everything} == {
        board.pk: [] for board in everything
    }


def test_a_tampered_row_of_an_older_board_is_found(votes):
    row = Rating.objects.filter(snapshot=boards()[1]).first()
    Rating.objects.filter(pk=row.pk).update(rating=row.rating + 1)
    with pytest.raises(CommandError, match=f"the row of entry {row.model_id} is not what the votes give"):
        call_command("recompute_leaderboard", snapshot=boards()[1].pk)


def test_weights_that_no_exclusion_tells_are_admitted(votes):
    """An exclusion with a time from before the board, which the board did not know."""
    exclude_vote(votes[0], rule="test", by="a test", now=at(1))
    publish_leaderboard(now=at(40))
    (problem,) = recompute_leaderboard(boards()[0].pk).problems
    assert "cannot be computed again" in problem
    assert recompute_leaderboard().problems == []


def test_a_board_of_another_policy_is_not_judged(votes):
    RatingSnapshot.objects.filter(pk=boards()[0].pk).update(policy="old-1 human")
    assert "another policy, old-1 human" in recompute_leaderboard(boards()[0].pk).problems[0]


def test_the_command_names_the_board_and_one_that_is_not_kept(votes, capsys):
    call_command("recompute_leaderboard", snapshot=boards()[0].pk)
    assert f"board {boards()[0].pk} (overall): 10 votes, largest difference" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no board 0"):
        call_command("recompute_leaderboard", snapshot=0)
