import re
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Answer, Battle, Choice, ReasonTag, Voter
from arena.people.voters import COOKIE
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from arena.votes.reasons import give_reasons
from tests.factories import exclude_vote, make_battle, make_entry, make_voter
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7"), make_entry("OKAPI-9")


@pytest.fixture
def voter(client, entries):
    client.post("/battles/", {"prompt": "The first one"})
    battle = Battle.objects.get()
    Answer.objects.update(state="done", text="An answer.", attempt=1)
    return battle.voter


def vote(voter, entries, choice=Choice.MODEL_A):
    return cast_vote(make_battle(*entries, voter=voter), choice, now=timezone.now())


def test_a_visitor_without_a_key_is_told_what_will_stand_here(client):
    assert "will stand here" in client.get("/history/").text
    assert "Vote on some battles" in client.get("/history/board/").text
    assert "holds no key" in client.get("/history/delete/").text
    assert client.get("/history/data.json").json() == {"battles": []}
    assert COOKIE not in client.get("/history/").cookies


def test_the_header_leads_there_once_there_is_a_key(client, voter):
    assert 'href="/history/"' in client.get("/").text
    client.cookies.clear()
    assert 'href="/history/"' not in client.get("/").text


def test_names_stand_beside_voted_battles_only(client, voter, entries):
    assert "ZEBRA-7" not in client.get("/history/").text
    vote(voter, entries)
    page = client.get("/history/").text
    assert page.count("ZEBRA-7") == 1
    assert "ZEBRA-7 over OKAPI-9" in page
    assert "waits for your vote" in page


def test_another_visitors_battles_are_not_here(client, voter, entries):
    make_battle(*entries, voter=make_voter(), prompt="Somebody else's")
    assert "Somebody else" not in client.get("/history/").text


def test_each_battle_says_how_it_stands(client, voter, entries):
    past = timezone.now() - timedelta(days=2)
    make_battle(*entries, voter=voter, now=past)
    lost = make_battle(*entries, voter=voter)
    Answer.objects.filter(turn__battle=lost, slot="a").update(state="failed", text="")
    make_battle(*entries, voter=voter, is_answered=False)
    page = client.get("/history/").text
    for words in ("left without a vote", "an answer is missing", "is being answered", "blind battle"):
        assert words in page


@pytest.mark.parametrize(
    ("rule", "weight", "sentence"),
    [
        ("stopped", 0.0, "you stopped an answer"),
        ("something-new", 0.0, "Not counted, by a rule of this arena."),
        ("lopsided", 0.5, "Counted in part"),
    ],
)
def test_a_vote_that_does_not_count_says_why(client, voter, entries, rule, weight, sentence):
    exclude_vote(vote(voter, entries), rule=rule, weight=weight, by="test", now=timezone.now())
    assert sentence in client.get("/history/").text


def test_a_lifted_exclusion_is_not_told(client, voter, entries):
    cast = vote(voter, entries)
    for weight in (0.0, 1.0):
        exclude_vote(cast, rule="x", weight=weight, by="test", now=timezone.now())
    assert "ot counted" not in client.get("/history/").text


def test_twenty_stand_on_a_page_in_a_fixed_number_of_queries(client, voter, entries, django_assert_num_queries):
    for number in range(22):
        vote(voter, entries) if number % 2 else make_battle(*entries, voter=voter)
    with django_assert_num_queries(6):
        first = client.get("/history/").text
    assert first.count("past__prompt") == 20
    assert "Page 1 of 2" in first
    assert client.get("/history/?page=2").text.count("past__prompt") == 3
    assert client.get("/history/?page=nonsense").status_code == 200


def test_five_votes_make_a_board_of_ones_own_beside_everyones(client, voter, entries, django_assert_num_queries):
    for _ in range(4):
        vote(voter, entries)
    assert "One more vote" in client.get("/history/board/").text
    vote(voter, entries, Choice.MODEL_B)
    for _ in range(5):
        vote(make_voter(), entries, Choice.TIE)
    publish_leaderboard(now=timezone.now())
    with django_assert_num_queries(5):
        page = compact(client.get("/history/board/").text)
    rows = re.findall(r'data-table__name">([^<]+)</th><td>(\d+)</td><td>(\d+)</td><td>(\d+)</td><td>(\d)', page)
    assert [(name, rank, votes) for name, _, _, rank, votes in rows] == [("ZEBRA-7", "1", "5"), ("OKAPI-9", "1", "5")]
    mine = {name: int(points) for name, points, *_ in rows}
    # Everyone's are c and -c, 0.162 by 6.5 points of 10 under the prior; the voter's x and -x solve
    # 4 - 5 s(2x) = (x - c) / 0.5 ** 2: 0.335.
    assert mine == {"ZEBRA-7": 1057, "OKAPI-9": 943}
    assert "Of your choices between two models that the leaderboard compares (5), 80% agree with it." in page


def test_votes_that_are_kept_apart_are_on_no_board_of_ones_own(client, voter, entries):
    for _ in range(5):
        battle = make_battle(*entries, voter=voter)
        Battle.objects.filter(pk=battle.pk).update(kind="side_by_side")
        cast_vote(battle, Choice.MODEL_A, now=timezone.now())
    assert "5 more votes" in client.get("/history/board/").text


def test_the_data_is_whole_and_names_nobody_before_the_vote(client, voter, entries):
    cast = vote(voter, entries)
    give_reasons(cast, {"a": [ReasonTag.CLEAR]}, "Short.", now=timezone.now())
    response = client.get("/history/data.json")
    assert "attachment" in response["Content-Disposition"]
    voted, unvoted = response.json()["battles"]
    assert voted["models"] == ["ZEBRA-7", "OKAPI-9"]
    assert voted["turns"] == [{"prompt": "Why is the sky blue?", "answers": {"a": "An answer.", "b": "An answer."}}]
    assert (voted["vote"]["choice"], voted["vote"]["comment"]) == ("model_a", "Short.")
    assert voted["vote"]["reasons"] == ["a: clear"]
    assert (unvoted["models"], unvoted["vote"]) == ([], None)


def test_deleting_ends_the_key_and_the_history(client, voter, entries):
    cast = vote(voter, entries)
    old = client.cookies[COOKIE].value
    assert "This cannot be undone." in client.get("/history/delete/").text
    response = client.post("/history/delete/", {"sure": "on"})
    assert (response.status_code, response["Location"]) == (302, "/history/?erased")
    assert response.cookies[COOKIE].value == ""
    page = client.get("/history/?erased").text
    assert "Your data is deleted." in page
    assert "past__prompt" not in page
    client.cookies[COOKIE] = old
    assert client.get(f"/battles/{cast.battle_id}/").status_code == 404
    assert Voter.objects.get(pk=voter.pk).erased_at is not None


def test_reading_the_page_deletes_nothing(client, voter):
    client.get("/history/delete/")
    assert Voter.objects.get(pk=voter.pk).erased_at is None


def test_without_the_box_ticked_nothing_is_deleted_and_the_page_says_what_to_do(client, voter):
    response = client.post("/history/delete/")
    assert response.status_code == 422
    assert "Tick the box first" in response.text
    assert 'name="sure" required' in response.text
    assert Voter.objects.get(pk=voter.pk).erased_at is None


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice.MODEL_B, "OKAPI-9 over ZEBRA-7"),
        (Choice.TIE, "Tie: ZEBRA-7 and OKAPI-9"),
        (Choice.BOTH_BAD, "Both are bad: ZEBRA-7 and OKAPI-9"),
    ],
)
def test_the_history_says_who_won(client, voter, entries, choice, words):
    vote(voter, entries, choice)
    assert words in client.get("/history/").text


def test_the_texts_that_a_visitor_agreed_to_are_linked_from_the_battles_and_come_with_the_download(client):
    make_entry(), make_entry()
    client.post("/battles/", {"prompt": "Hello"})
    version = Battle.objects.get().consent_version
    assert f'href="/terms/?version={version}"' in client.get("/history/").text
    texts = client.get("/history/data.json").json()["texts_agreed_to"]
    assert set(texts[version]) == {"terms", "privacy"}
    assert "compares language models" in texts[version]["terms"]["en"]
