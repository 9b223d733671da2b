"""The console's list of votes, and what is done there."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Choice, Vote, VoteExclusion
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.console.people import member_of
from tests.factories import exclude_vote, make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer():
    return member_of("review")


@pytest.fixture
def votes():
    """Three for ZEBRA-7 and one for OKAPI-9, the last of two days ago, all on the board."""
    zebra, okapi = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    now = timezone.now()
    times = [now, now, now, now - timedelta(days=2)]
    cast = [
        cast_vote(make_battle(zebra, okapi, now=at), choice, now=at)
        for at, choice in zip(times, [Choice.MODEL_A] * 3 + [Choice.MODEL_B], strict=True)
    ]
    publish_leaderboard(now=now)
    return cast


def listed(page):
    return sorted(int(pk) for pk in re.findall(r'name="vote" value="(\d+)"', page))


def shown(reviewer, **filters):
    return listed(reviewer.get("/manage/votes/", filters).text)


def weigh(reviewer, action, *votes, **sent):
    posted = {"action": action, "vote": [vote.pk for vote in votes]} | sent
    return reviewer.post("/manage/votes/weigh/", posted)


def test_votes_are_found_by_voter_entry_day_battle_and_source(reviewer, votes):
    first, *_, old = votes
    tapir = cast_vote(make_battle(make_entry("TAPIR-3")), Choice.TIE, now=timezone.now())
    everything = sorted(vote.pk for vote in [*votes, tapir])
    assert shown(reviewer) == everything
    assert shown(reviewer, voter=first.voter_id) == [first.pk]
    assert shown(reviewer, battle=first.battle_id) == [first.pk]
    assert shown(reviewer, entry="tapir-3") == [tapir.pk]
    assert shown(reviewer, until=old.cast_at.date().isoformat()) == [old.pk]
    assert shown(reviewer, since=first.cast_at.date().isoformat()) == [pk for pk in everything if pk != old.pk]
    assert shown(reviewer, source="api") == []


def test_votes_are_found_by_whether_they_count_and_say_why_not(reviewer, votes):
    exclude_vote(votes[0], rule="operator", by="bob", now=timezone.now())
    exclude_vote(votes[1], rule="operator", by="bob", now=timezone.now())
    exclude_vote(votes[1], rule="operator", by="bob", now=timezone.now(), weight=1)
    assert shown(reviewer, standing="excluded") == [votes[0].pk]
    assert shown(reviewer, standing="counted") == sorted(vote.pk for vote in votes[1:])
    assert '<td class="console-why">no<span' in compact(reviewer.get("/manage/votes/").text)
    assert "a test (bob)" in reviewer.get("/manage/votes/").text


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"voter": "nobody"}, "This is no voter&#x27;s id."),
        ({"battle": "none"}, "This is no battle&#x27;s id."),
        ({"entry": "nobody"}, "No entry has this slug."),
    ],
)
def test_a_filter_that_means_nothing_is_said(reviewer, filters, says):
    response = reviewer.get("/manage/votes/", filters)
    assert response.status_code == 422
    assert says in response.text


def test_what_the_board_would_become_is_shown_before_anything_is_done(reviewer, votes):
    page = weigh(reviewer, "exclude", *votes[:2])
    assert page.status_code == 200
    assert "Exclude 2 votes" in page.text
    assert "4 → 2" in compact(page.text)
    assert not VoteExclusion.objects.exists()


def test_votes_are_excluded_and_restored_with_a_reason_and_a_name(reviewer, votes):
    assert weigh(reviewer, "exclude", *votes[:2], confirmed="yes", reason=" ").status_code == 422
    told = reviewer.get(weigh(reviewer, "exclude", *votes[:2], confirmed="yes", reason="a script")["Location"]).text
    assert "2 votes count no more." in told
    exclusion = VoteExclusion.objects.first()
    assert (exclusion.by, exclusion.evidence, exclusion.rule) == ("ann", {"reason": "a script"}, "operator")
    assert publish_leaderboard(now=timezone.now()).votes == 2
    weigh(reviewer, "restore", votes[0], confirmed="yes", reason="no script")
    assert publish_leaderboard(now=timezone.now()).votes == 3


def test_all_votes_that_the_filters_find_are_meant_without_those_that_came_since(reviewer, votes):
    everything = {"all": "on", "filters": "entry=zebra-7", "until": max(vote.pk for vote in votes)}
    cast_vote(make_battle(votes[0].battle.model_a), Choice.MODEL_A, now=timezone.now())
    weigh(reviewer, "exclude", confirmed="yes", reason="a script", **everything)
    assert VoteExclusion.objects.count() == len(votes)


@pytest.mark.parametrize("filters", ["", "voter=nobody", "standing="])
def test_all_votes_of_the_arena_are_never_meant_by_no_filter_or_a_wrong_one(reviewer, votes, filters):
    last = Vote.objects.order_by("pk").last().pk
    response = weigh(reviewer, "exclude", all="on", filters=filters, until=last, confirmed="yes", reason="x")
    assert "Choose votes first." in reviewer.get(response["Location"].replace("nobody", "")).text
    assert not VoteExclusion.objects.exists()


def test_nothing_is_done_by_an_unknown_action_or_without_the_permission(reviewer, votes):
    weigh(reviewer, "delete", *votes, confirmed="yes", reason="x")
    assert weigh(member_of("operate", name="bob"), "exclude", *votes, confirmed="yes", reason="x").status_code == 403
    assert reviewer.get("/manage/votes/weigh/").status_code == 405
    assert not VoteExclusion.objects.exists()


def test_the_list_comes_in_pages_that_keep_the_filters(reviewer, votes, monkeypatch):
    monkeypatch.setattr("arena.console.votes.A_PAGE", 2)
    page = reviewer.get("/manage/votes/?entry=zebra-7").text
    assert listed(page) == [votes[2].pk, votes[3].pk]
    assert "?entry=zebra-7&amp;page=2" in page


def test_the_list_takes_a_fixed_number_of_queries(reviewer, votes, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        reviewer.get("/manage/votes/")
