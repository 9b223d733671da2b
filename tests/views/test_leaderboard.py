import re
from itertools import pairwise

import pytest
from django.utils import timezone

from arena.actions.cast_vote import cast_vote
from arena.actions.publish_leaderboard import publish_leaderboard
from arena.models import Choice
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db


def vote(entry_a, entry_b, choice=Choice.MODEL_A):
    cast_vote(make_battle(entry_a, entry_b), choice, now=timezone.now())
    publish_leaderboard(now=timezone.now())


def names(text):
    return re.findall(r"[A-Z]+-\d+", text)


def test_an_empty_board_says_so(client):
    assert "This arena has no models yet." in client.get("/leaderboard/").text


def test_entries_without_votes_show_a_dash(client):
    make_entry("ZEBRA-7")
    page = client.get("/leaderboard/").text
    assert "ZEBRA-7" in page
    assert page.count(">–<") >= 4


def test_a_moderation_model_is_not_on_the_board(client):
    make_entry("ZEBRA-7")
    make_entry("GUARD-1", kind="moderator")
    assert names(client.get("/leaderboard/").text) == ["ZEBRA-7"]


def test_the_winner_stands_first_with_its_flag_and_interval(client):
    vote(make_entry("ZEBRA-7", organisation="Zoo", licence="MIT"), make_entry("OKAPI-9"))
    page = client.get("/leaderboard/").text
    assert names(page)[:2] == ["ZEBRA-7", "OKAPI-9"]
    for words in ("† has not lost yet", "1–2", "1059", "1002", "100 %", "Zoo", "MIT", "1 vote"):
        assert words in page


def test_columns_sort_both_ways_without_javascript(client):
    vote(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    assert names(client.get("/leaderboard/?sort=model").text)[:2] == ["OKAPI-9", "ZEBRA-7"]
    assert names(client.get("/leaderboard/?sort=model&order=reversed").text)[:2] == ["ZEBRA-7", "OKAPI-9"]
    assert 'aria-sort="ascending"' in client.get("/leaderboard/?sort=model").text
    assert client.get("/leaderboard/?sort=nonsense").status_code == 200


def test_entries_that_have_not_met_stand_in_groups(client):
    vote(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    vote(make_entry("TAPIR-3"), make_entry("LEMUR-1"))
    page = client.get("/leaderboard/").text
    assert "Group 1" in page
    assert "Group 2" in page


def test_the_board_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    entries = [make_entry() for _ in range(6)]
    for a, b in pairwise(entries):
        vote(a, b)
    with django_assert_num_queries(5):
        client.get("/leaderboard/")


def test_a_link_to_it_says_what_it_is_where_it_is_shared(client):
    page = client.get("/leaderboard/").text
    assert '<meta property="og:title" content="Leaderboard · Agon">' in page
    assert '<meta property="og:description" content="0 models, rated by 0 votes.">' in page
