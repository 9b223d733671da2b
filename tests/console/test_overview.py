"""The first page of the console."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from arena.answers import breakers
from arena.models import Answer, Choice, Vote
from arena.models.catalog import Kind
from arena.models.votes import Source
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return member_of("operate")


def number(page, what):
    return compact(page).split(f"<dt>{what}")[1].split("<dd>")[1].split("</dd>")[0]


def test_what_runs_what_waits_and_how_many_have_voted(operator):
    now = timezone.now()
    make_battle(is_answered=False)
    running = make_battle()
    Answer.objects.filter(turn__battle=running).update(state="streaming")
    cast_vote(make_battle(), Choice.TIE, now=now)
    cast_vote(make_battle(now=now - timedelta(hours=2)), Choice.TIE, now=now - timedelta(days=2))
    page = operator.get("/manage/").text
    shown = [number(page, f"answers {state}") for state in ("waiting", "being written")]
    assert shown == ["2", "2"]
    assert [number(page, "votes today"), number(page, "votes in 7 days")] == ["1", "2"]
    assert number(page, "votes on no board yet") == "2"


def test_imported_votes_are_not_of_today(operator):
    cast_vote(make_battle(), Choice.TIE, now=timezone.now(), source=Source.IMPORTED)
    assert number(operator.get("/manage/").text, "votes today") == "0"


def test_a_broken_entry_says_why_and_a_resting_one_when_it_is_asked_again(operator):
    make_entry("ZEBRA-7", state="broken", broken_because="no weights in here")
    breakers.trip(make_entry("OKAPI-9").pk)
    page = compact(operator.get("/manage/").text)
    assert '/entries/zebra-7/">ZEBRA-7</a>is broken:<span lang="en">no weights in here</span>' in page
    assert "OKAPI-9</a>rests" in page


def test_a_queue_that_nobody_serves_says_how_to_serve_it(operator):
    make_entry(weights="some", backend="transformers")
    page = operator.get("/manage/").text
    assert "No worker serves <code>host.some</code>" in page
    assert "manage.py worker --hosts some" in page


def test_failed_answers_of_a_day_stand_under_their_entries(operator):
    battle, now = make_battle(make_entry("ZEBRA-7"), make_entry("OKAPI-9")), timezone.now()
    Answer.objects.filter(turn__battle=battle, slot="b").update(state="failed")
    Answer.objects.filter(turn__battle=make_battle(make_entry("TAPIR-3"))).update(
        state="failed", finished_at=now - timedelta(days=2)
    )
    page = operator.get("/manage/").text
    assert "OKAPI-9: 1" in page
    assert "TAPIR-3" not in page


def test_the_newest_board_is_named(operator):
    assert "There is no board yet" in operator.get("/manage/").text
    cast_vote(make_battle(), Choice.MODEL_A, now=timezone.now())
    board = publish_leaderboard(now=timezone.now())
    assert f'href="/leaderboard/{board.pk}/"' in operator.get("/manage/").text
    assert Vote.objects.count() == board.votes


@pytest.mark.usefixtures("no_redis")
def test_without_redis_the_page_says_so(operator):
    cache.clear()  # who serves what is remembered for some seconds
    assert "Redis does not answer" in operator.get("/manage/").text


def test_the_overview_takes_a_fixed_number_of_queries(operator, django_assert_max_num_queries):
    make_battle(is_answered=False)
    operator.get("/manage/")
    with django_assert_max_num_queries(13):
        operator.get("/manage/")


def test_a_moderator_that_judges_nothing_is_named(operator, settings):
    settings.MODERATORS = ["rules", "gaurd", "paused", "guard"]
    for slug, state in (("paused", "paused"), ("guard", "active")):
        make_entry(slug, kind=Kind.MODERATOR, state=state, backend="recorded", prompt_template="llama_guard")
    page = operator.get("/manage/").text
    named = [slug for slug in settings.MODERATORS if f"<code>{slug}</code> of <code>ARENA_MODERATORS</code>" in page]
    assert named == ["gaurd", "paused"]
    settings.MODERATORS = ["rules"]
    assert "ARENA_MODERATORS" not in operator.get("/manage/").text
