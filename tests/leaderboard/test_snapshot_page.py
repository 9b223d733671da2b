import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from arena.models import Choice, RatingSnapshot
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import exclude_vote, make_battle, make_entry
from tests.pages import compact

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NOW = timezone.now()


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


def board_after_vote(*entries, choice=Choice.MODEL_A):
    cast_vote(make_battle(*entries), choice, now=NOW)
    return publish_leaderboard(now=NOW)


def names(page):
    return re.findall(r'class="model-link"[^>]*>([^<]+)<', page)


def test_an_older_board_stays_as_it_was_published(client, entries):
    zebra, okapi = entries
    old = board_after_vote(zebra, okapi)
    for _ in range(3):
        board_after_vote(okapi, zebra)
    assert names(client.get(f"/leaderboard/{old.pk}/").text) == ["ZEBRA-7", "OKAPI-9"]
    assert names(client.get("/leaderboard/").text) == ["OKAPI-9", "ZEBRA-7"]


def test_it_tells_what_it_takes_to_compute_it_again(client, entries):
    board_after_vote(*entries)
    board = board_after_vote(*entries)
    page = client.get(f"/leaderboard/{board.pk}/").text
    assert f"recompute_leaderboard --snapshot {board.pk}" in page
    for words in (board.digest, board.policy, board.code_version, "Overall", "number 2 in the order", "2 votes"):
        assert words in page


def test_boards_of_one_category_lead_to_each_other(client, entries):
    boards = [board_after_vote(*entries) for _ in range(3)]
    RatingSnapshot.objects.filter(pk=boards[1].pk).update(category="other")
    first, last = (client.get(f"/leaderboard/{boards[place].pk}/").text for place in (0, 2))
    assert f'rel="next" href="/leaderboard/{boards[2].pk}/"' in first
    assert 'rel="prev"' not in first
    assert f'rel="prev" href="/leaderboard/{boards[0].pk}/"' in last
    assert "This is the newest board" in last
    assert "This is the newest board" not in first


def test_a_kept_board_says_of_which_category_it_is(client, entries):
    board_after_vote(*entries)
    board = RatingSnapshot.objects.newest("no_ties")
    page = compact(client.get(f"/leaderboard/{board.pk}/").text)
    assert f"<h1>Board {board.pk}: Without ties</h1>" in page
    assert 'This is the newest board of its category.<a href="/leaderboard/?category=no_ties">' in page


def test_the_leaderboard_leads_to_its_board(client, entries):
    board = board_after_vote(*entries)
    assert f'<a href="/leaderboard/{board.pk}/">board {board.pk}</a>' in compact(client.get("/leaderboard/").text)


@pytest.mark.parametrize("id", ["0", "999", "9" * 30])
def test_a_board_that_is_not_kept_says_why(client, id):
    response = client.get(f"/leaderboard/{id}/")
    assert response.status_code == 404
    assert "Older boards are thinned out to one a day" in response.text


def test_a_board_on_which_no_vote_counts_says_so(client, entries):
    cast = cast_vote(make_battle(*entries), Choice.TIE, now=NOW)
    exclude_vote(cast, rule="test", by="a test", now=NOW)
    board = publish_leaderboard(now=NOW + timedelta(seconds=1))
    assert "No vote counted on this board." in client.get(f"/leaderboard/{board.pk}/").text


def test_it_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    entries = [make_entry() for _ in range(6)]
    boards = [board_after_vote(*pair) for pair in pairwise(entries)]
    with django_assert_num_queries(4):
        client.get(f"/leaderboard/{boards[3].pk}/")
