"""The boards of style and of the last days: published when their votes have changed, and proved from their votes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Choice, Rating, RatingSnapshot
from arena.scoring.check_invariants import check_invariants
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.scoring.recompute import recompute_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()
LONG = "Many words that say little. " * 20


@pytest.fixture
def entries():
    return [make_entry() for _ in range(3)]


def cast(entries, choice=Choice.MODEL_A, now=NOW, a="Short.", b="Short."):
    battle = make_battle(*entries, now=now)
    for answer in battle.turns.get().answers.all():
        answer.text = {"a": a, "b": b}[answer.slot]
        answer.save()
    return cast_vote(battle, choice, now=now)


def publish(now=NOW):
    publish_leaderboard(now=now)
    return {board.category: board for board in publish_full_scan_boards(now=now)}


def longer_wins(entries, rounds=12):
    """The first entry wins whenever its answer is the long one, and loses else; so does the second."""
    for number in range(rounds):
        is_first = number % 4 != 0
        long_side = Choice.MODEL_A if is_first else Choice.MODEL_B
        wins = long_side if number % 6 else (Choice.MODEL_B if is_first else Choice.MODEL_A)
        texts = (LONG, "Short.") if is_first else ("Short.", LONG)
        cast(entries[:2], wins, a=texts[0], b=texts[1])


def test_without_votes_there_are_none():
    assert publish() == {}


def test_style_takes_back_what_length_has_won(entries):
    longer_wins(entries)
    boards = publish()
    plain, styled = (
        {row.model_id: row.rating for row in board.ratings.all()}
        for board in (RatingSnapshot.objects.newest(), boards["style"])
    )
    first, second = entries[0].pk, entries[1].pk
    assert plain[first] - plain[second] > 50
    assert styled[first] - styled[second] < plain[first] - plain[second]
    value, lower, upper = boards["style"].effects["length"]
    assert lower < value < upper
    assert value > 0
    assert check_invariants(now=NOW) == []


def test_old_votes_leave_the_board_of_the_last_days(entries):
    cast(entries[:2], now=NOW - timedelta(days=31))
    cast(entries[:2], Choice.MODEL_B, now=NOW - timedelta(days=29))
    boards = publish()
    assert (boards["recent"].votes, boards["style"].votes) == (1, 2)
    later = publish_full_scan_boards(now=NOW + timedelta(days=2))
    assert [(board.category, board.votes) for board in later] == [("recent", 0)]
    assert check_invariants(now=NOW) == []


def test_they_are_published_again_only_for_other_votes(entries):
    cast(entries[:2])
    assert set(publish()) == {"style", "recent"}
    assert publish(NOW + timedelta(minutes=1)) == {}
    vote = cast(entries[1:], now=NOW + timedelta(minutes=2))
    assert set(publish(NOW + timedelta(minutes=2))) == {"style", "recent"}
    exclude_vote(vote, rule="test", by="a test", now=NOW + timedelta(minutes=3))
    boards = publish(NOW + timedelta(minutes=3))
    assert {board.votes for board in boards.values()} == {1}
    assert check_invariants(now=NOW) == []


def test_votes_without_texts_have_no_style(entries):
    cast(entries[:2], a="", b="")
    assert set(publish()) == {"recent"}


def test_a_tampered_row_is_found(entries):
    longer_wins(entries)
    board = publish()["style"]
    Rating.objects.filter(snapshot=board, model=entries[0]).update(rating=1)
    assert recompute_leaderboard(board.pk).problems == [
        f"board {board.pk}: the row of entry {entries[0].pk} is not what the votes give"
    ]


def test_other_rules_publish_them_anew(entries, settings):
    cast(entries[:2])
    publish()
    settings.CATEGORIES = "tests.scoring.other_rules"
    boards = publish(NOW + timedelta(minutes=1))
    assert set(boards) == {"style", "recent"}
    assert check_invariants(now=NOW) == []


def test_a_board_that_began_before_the_overall_one_ended_is_made_again(entries):
    """The two are published side by side: the publisher may start first and end last."""
    cast(entries[:2])
    vote = cast(entries[1:])
    publish()
    exclude_vote(vote, rule="test", by="a test", now=NOW)
    assert publish_full_scan_boards(now=NOW + timedelta(seconds=21)) == []  # on the weights of before
    publish_leaderboard(now=NOW + timedelta(seconds=20))
    boards = publish_full_scan_boards(now=NOW + timedelta(seconds=60))
    assert {board.category: board.votes for board in boards} == {"style": 1, "recent": 1}


def test_none_is_published_while_the_overall_board_has_older_rules(entries, settings):
    cast(entries[:2])
    publish()
    settings.CATEGORIES = "tests.scoring.other_rules"
    assert publish_full_scan_boards(now=NOW + timedelta(minutes=1)) == []
