import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.charts.history import history_chart
from arena.leaderboard.model_page import PastRating
from arena.models import Answer, Battle, Choice, ReasonTag
from arena.models.catalog import Kind, State
from arena.scoring.publish import publish_leaderboard
from arena.transparency.drift import drifts
from arena.votes.cast import cast_vote
from arena.votes.reasons import give_reasons
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7", organisation="Zoo", licence="MIT"), make_entry("OKAPI-9")


def vote(*entries, choice=Choice.MODEL_A, now=NOW):
    cast = cast_vote(make_battle(*entries), choice, now=now)
    publish_leaderboard(now=now)
    return cast


def cells(page):
    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", compact(page))
    return [re.findall(r">([^<>]+)<", row) for row in rows]


def test_an_entry_without_votes_has_its_card_and_says_why_there_is_no_rating(client, entries):
    page = client.get("/models/zebra-7/").text
    assert "No votes that count yet" in page
    for words in ("Zoo", "MIT", "2,048 tokens", "active"):
        assert words in page


def test_a_model_known_by_imported_votes_has_no_window_and_is_not_retired(client):
    make_entry("ZEBRA-7", kind=Kind.IMPORTED, state=State.RETIRED, backend="none")
    page = client.get("/models/zebra-7/").text
    assert "known by votes only" in page
    assert "2,048" not in page
    assert "retired" not in page
    stated = client.get("/api/v1/models/zebra-7").json()
    assert (stated["state"], stated["context_tokens"]) == ("imported", None)


@pytest.mark.parametrize(("tokens", "is_shown"), [(2048, False), (4096, True)])
def test_a_window_of_a_remote_model_is_shown_if_somebody_has_stated_it(client, tokens, is_shown):
    make_entry("ZEBRA-7", backend="openai", context_tokens=tokens)
    assert ("tokens" in client.get("/models/zebra-7/").text) is is_shown


def test_the_record_against_a_rival_is_seen_from_either_side(client, entries):
    zebra, okapi = entries
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE, Choice.BOTH_BAD):
        vote(zebra, okapi, choice=choice)
    assert ["OKAPI-9", "2", "1", "1", "1", "54%"] in cells(client.get("/models/zebra-7/").text)
    assert ["ZEBRA-7", "1", "2", "1", "1", "46%"] in cells(client.get("/models/okapi-9/").text)


def test_the_most_common_reasons_stand_with_their_counts(client, entries):
    zebra, okapi = entries
    give_reasons(vote(zebra, okapi), {"a": [ReasonTag.CLEAR, ReasonTag.DULL], "b": [ReasonTag.CREATIVE]}, "", now=NOW)
    give_reasons(vote(okapi, zebra), {"b": [ReasonTag.CLEAR]}, "", now=NOW)
    said = re.findall(r"<li>([^<]+) <span class=\"said__count\">(\d)", client.get("/models/zebra-7/").text)
    assert said == [("clear", "2"), ("dull", "1")]


def test_three_boards_make_a_line_and_a_table(client, entries):
    for hours in range(3):
        assert "trend__line" not in client.get("/models/zebra-7/").text
        vote(*entries, now=NOW + timedelta(hours=hours))
    page = client.get("/models/zebra-7/").text
    assert "trend__line" in page
    assert len(cells(page.split("By category")[0])) == 3


def timed_battle(*entries):
    """A battle whose answer on side A came after 2 s, at 30 tokens a second."""
    battle = make_battle(*entries)
    start = NOW - timedelta(seconds=20)
    times = {"claimed_at": start, "first_text_at": start + timedelta(seconds=2)}
    done = Answer.objects.filter(turn__battle=battle, slot="a")
    done.update(**times, finished_at=start + timedelta(seconds=12), tokens=300)
    return battle


def test_speed_is_the_median_of_the_answers(client, entries):
    cast_vote(timed_battle(*entries), Choice.TIE, now=NOW)
    page = client.get("/models/zebra-7/").text
    assert "<dt>Tokens a second</dt><dd>30</dd>" in page
    assert "2.0 s" in page


def test_before_the_vote_the_speed_of_a_new_model_is_not_told(client, entries):
    timed_battle(*entries)
    page = client.get("/models/zebra-7/").text
    assert "Tokens a second" not in page
    assert "First words after" not in page


def test_a_paused_entry_cannot_be_talked_to_and_a_moderator_has_no_page(client, entries):
    assert "/chat/?model=zebra-7" in client.get("/models/zebra-7/").text
    make_entry("TAPIR-3", state=State.RETIRED)
    assert "/chat/?model=tapir-3" not in client.get("/models/tapir-3/").text
    make_entry("GUARD-1", kind=Kind.MODERATOR)
    assert client.get("/models/guard-1/").status_code == 404
    assert client.get("/models/nobody/").status_code == 404


def test_the_reveal_and_the_board_lead_there(client, entries):
    client.post("/battles/", {"prompt": "Why?"})
    Answer.objects.update(state="done", text="An answer.", attempt=1)
    battle = Battle.objects.get()
    assert "/models/" not in client.get(f"/battles/{battle.pk}/").text
    assert "/models/zebra-7/" in client.post(f"/battles/{battle.pk}/vote/", {"choice": "tie"}).text
    assert 'href="/models/zebra-7/"' in client.get("/leaderboard/").text


def test_it_takes_a_fixed_number_of_queries(client, entries, django_assert_num_queries):
    for _ in range(6):
        vote(entries[0], make_entry())
    drifts()  # looked for once an hour
    with django_assert_num_queries(11):
        client.get("/models/zebra-7/")


def test_no_query_of_it_reads_all_answers_or_reasons(client, entries):
    cast_vote(timed_battle(*entries), Choice.TIE, now=NOW)
    with CaptureQueriesContext(connection) as asked:
        client.get("/models/zebra-7/")
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall() for query in asked]
    steps = [step for plan in plans for *_, step in plan]
    assert any("arena_answer" in step for step in steps)
    assert not [s for s in steps if s.startswith(("SCAN arena_answer", "SCAN arena_votereason")) or "(state=?" in s]


def test_the_chart_keeps_to_its_box():
    past = [PastRating(NOW + timedelta(hours=h), 1000 + h, 900 - h, 1100 + 3 * h) for h in (0, 1, 5)]
    chart = history_chart(past)
    points = [tuple(map(float, point.split(","))) for point in f"{chart.line} {chart.band}".split()]
    assert {0, chart.width} <= {x for x, _ in points}
    assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in points)
    assert (chart.low, chart.high) == (895, 1115)
    assert history_chart(past[:2]) is None
    assert history_chart([past[0]] * 3) is None


@pytest.mark.parametrize(("hours", "words"), [(9, "9 Nov 2026, 13:30 UTC"), (48, "<span>11 Nov 2026</span>")])
def test_the_ends_of_the_chart_differ_within_a_day_too(client, entries, hours, words):
    start = datetime(2026, 11, 9, 4, 30, tzinfo=UTC)
    for passed in (0, 1, hours):
        vote(*entries, now=start + timedelta(hours=passed))
    assert words in compact(client.get("/models/zebra-7/").text)
