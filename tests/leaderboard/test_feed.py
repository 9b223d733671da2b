import xml.etree.ElementTree as xml
from datetime import UTC, datetime, timedelta

import pytest

from arena.models import Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"


def board_of_day(day, winner, loser, *, hours=0, votes=3):
    """The loser wins one battle of the day too: the rating of one who never wins or loses is no news."""
    now = START + timedelta(days=day, hours=hours)
    for choice in (*[Choice.MODEL_A] * votes, Choice.MODEL_B):
        cast_vote(make_battle(winner, loser, now=now), choice, now=now)
    publish_leaderboard(now=now)


def entries_of(client):
    feed = xml.fromstring(client.get("/feed.atom").content)
    return [{part.tag.removeprefix(ATOM): part.text for part in entry} for entry in feed.iter(f"{ATOM}entry")]


def titles(client):
    return [entry["title"] for entry in entries_of(client)]


@pytest.fixture
def zebra():
    return make_entry("ZEBRA & CO", slug="zebra")


@pytest.fixture
def okapi():
    return make_entry("OKAPI-9")


def test_an_arena_without_boards_has_an_empty_feed(client):
    response = client.get("/feed.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert entries_of(client) == []


def test_a_new_first_is_what_the_title_says(client, zebra, okapi):
    board_of_day(0, zebra, okapi)
    board_of_day(1, okapi, zebra, votes=9)
    board_of_day(2, zebra, okapi, votes=20)
    assert titles(client) == ["ZEBRA & CO is now first", "OKAPI-9 is now first"]
    assert entries_of(client)[0]["summary"].startswith("<ol><li>ZEBRA &amp; CO: 1")


def test_a_day_on_which_the_order_stays_has_no_entry(client, zebra, okapi):
    board_of_day(0, zebra, okapi)
    board_of_day(1, zebra, okapi)
    assert titles(client) == []


def test_a_day_has_one_entry_whose_address_stays(client, zebra, okapi):
    board_of_day(0, zebra, okapi)
    board_of_day(1, okapi, zebra, votes=9)
    (before,) = entries_of(client)
    board_of_day(1, okapi, zebra, hours=3)
    (after,) = entries_of(client)
    assert before["id"] == after["id"]
    assert before["updated"] < after["updated"]


def test_a_newcomer_and_a_rise_are_told_where_the_first_stays(client, zebra, okapi):
    tapir = make_entry("TAPIR-3")
    board_of_day(0, zebra, okapi, votes=30)
    board_of_day(1, okapi, tapir)
    board_of_day(2, tapir, okapi, votes=5)
    assert titles(client) == ["TAPIR-3 is now in place 2", "TAPIR-3 is new on the board, in place 3"]


def test_pages_lead_to_the_feed(client):
    assert '<link rel="alternate" type="application/atom+xml"' in client.get("/leaderboard/").text


def test_it_takes_a_fixed_number_of_queries(client, zebra, okapi, django_assert_num_queries):
    for day in range(4):
        board_of_day(day, *((zebra, okapi) if day % 2 else (okapi, zebra)), votes=3**day)
    with django_assert_num_queries(2):
        client.get("/feed.atom")


def test_a_rating_that_rests_on_a_prior_is_no_news(client, zebra, okapi):
    board_of_day(0, zebra, okapi)
    now = START + timedelta(days=1)
    cast_vote(make_battle(make_entry("TAPIR-3"), zebra, now=now), Choice.MODEL_A, now=now)
    publish_leaderboard(now=now)
    assert titles(client) == []
