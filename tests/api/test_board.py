from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Choice, RatingSnapshot
from arena.models.catalog import Kind, State
from arena.scoring.publish import publish_leaderboard
from arena.transparency.drift import drifts
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.made_once import made_once

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def vote(*entries, choice=Choice.MODEL_A, now=NOW):
    cast_vote(make_battle(*entries), choice, now=now)
    publish_leaderboard(now=now)


@pytest.fixture
@made_once
def entries():
    entries = make_entry("ZEBRA-7", organisation="Zoo"), make_entry("OKAPI-9")
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE):
        vote(*entries, choice=choice)
    return entries


def test_the_board_comes_with_what_it_was_made_from(client, entries):
    board = client.get("/api/v1/leaderboard").json()
    assert (board["category"], board["votes"], board["count"]) == ("overall", 4, 2)
    assert board["digest"] == RatingSnapshot.objects.newest().digest
    first, second = board["items"]
    assert (first["slug"], first["organisation"], second["slug"]) == ("zebra-7", "Zoo", "okapi-9")
    assert first["lower"] < first["rating"] < first["upper"]


def test_an_earlier_board_is_there_by_its_id(client, entries):
    earlier = client.get("/api/v1/leaderboard").json()["snapshot"]
    vote(*entries, now=NOW + timedelta(hours=1))
    assert client.get(f"/api/v1/leaderboard?snapshot={earlier}").json()["votes"] == 4
    assert client.get("/api/v1/leaderboard?category=overall").json()["votes"] == 5


def test_a_board_that_is_not_there_is_a_problem(client):
    for query in ("", "?snapshot=9", f"?snapshot={2**63 - 1}", "?category=cooking"):
        assert client.get(f"/api/v1/leaderboard{query}").status_code == 404


def test_lists_come_in_parts(client, entries):
    part = client.get("/api/v1/leaderboard?limit=1&offset=1").json()
    assert (part["count"], [row["slug"] for row in part["items"]]) == (2, ["okapi-9"])
    part = client.get("/api/v1/models?limit=1&offset=1").json()
    assert (part["count"], [row["slug"] for row in part["items"]]) == (2, ["zebra-7"])


def test_all_models_are_listed_but_those_that_moderate(client, entries):
    make_entry("TAPIR-3", state=State.RETIRED)
    make_entry("SEROW-2", state=State.BROKEN)
    make_entry("GUARD-1", kind=Kind.MODERATOR)
    listed = client.get("/api/v1/models").json()["items"]
    assert [(row["slug"], row["state"]) for row in listed] == [
        ("okapi-9", "active"),
        ("serow-2", "paused"),
        ("tapir-3", "retired"),
        ("zebra-7", "active"),
    ]
    assert client.get("/api/v1/models/guard-1").status_code == 404


def test_a_model_has_its_rating_and_its_rivals(client, entries):
    found = client.get("/api/v1/models/zebra-7").json()
    assert found["rating"]["rank_best"] == 1
    assert [(rival["slug"], rival["wins"], rival["losses"]) for rival in found["rivals"]] == [("okapi-9", 2, 1)]
    make_entry("TAPIR-3")
    assert client.get("/api/v1/models/tapir-3").json()["rating"] is None


def test_the_record_of_two_is_seen_from_the_first(client, entries):
    record = client.get("/api/v1/models/okapi-9/vs/zebra-7").json()
    assert (record["slug"], record["wins"], record["losses"], record["ties"]) == ("zebra-7", 1, 2, 1)
    assert record["chance"] + client.get("/api/v1/models/zebra-7/vs/okapi-9").json()["chance"] == 100
    make_entry("TAPIR-3")
    assert client.get("/api/v1/models/okapi-9/vs/tapir-3").json()["wins"] == 0
    assert client.get("/api/v1/models/okapi-9/vs/okapi-9").status_code == 404


@pytest.mark.parametrize("address", ["leaderboard", "models", "models/zebra-7", "models/zebra-7/vs/okapi-9"])
def test_who_has_the_newest_answer_gets_it_again_only_once_it_changes(client, entries, address):
    first = client.get(f"/api/v1/{address}")
    assert first["ETag"].startswith(f'"{RatingSnapshot.objects.newest().pk}-')
    again = client.get(f"/api/v1/{address}", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    vote(*entries, now=NOW + timedelta(hours=1))
    assert client.get(f"/api/v1/{address}", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_a_program_may_ask_for_the_headers_alone(client, entries):
    head = client.head("/api/v1/leaderboard")
    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == client.get("/api/v1/leaderboard")["ETag"]


@pytest.mark.parametrize(
    ("address", "queries"),
    [("leaderboard", 3), ("models", 3), ("models/zebra-7", 11), ("models/zebra-7/vs/okapi-9", 10)],
)
def test_each_takes_a_fixed_number_of_queries(client, entries, django_assert_num_queries, address, queries):
    for _ in range(4):
        vote(entries[0], make_entry())
    drifts()  # looked for once an hour
    with django_assert_num_queries(queries):
        client.get(f"/api/v1/{address}")
