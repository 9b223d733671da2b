"""What a voter is told once the vote is cast."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from arena.models import Answer, Choice, LanguageModel
from arena.people.voters import COOKIE, new_voter, remember_voter
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return make_entry("ZEBRA-7", description="Striped, and trained on the savannah alone."), make_entry("OKAPI-9")


@pytest.fixture
def voter(client):
    from django.http import HttpResponse

    known, key = new_voter()
    known.save()
    remember_voter(response := HttpResponse(), key)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    return known


def others_voted(entries, choices):
    for choice in choices:
        cast_vote(make_battle(*entries), choice, now=timezone.now() - timedelta(minutes=1))
    publish_leaderboard(now=timezone.now())


def reveal_of(response):
    found = re.search(r'<section class="reveal".*?</section>', compact(response.text), re.DOTALL)
    return found[0] if found else ""


def vote(client, battle, choice="model_a"):
    return reveal_of(client.post(f"/battles/{battle.pk}/vote/", {"choice": choice}))


@pytest.mark.parametrize(
    ("choice", "headline", "preferred"),
    [
        ("model_a", "You preferred ZEBRA-7 over OKAPI-9", "ZEBRA-7"),
        ("model_b", "You preferred OKAPI-9 over ZEBRA-7", "OKAPI-9"),
        ("tie", "You called it a tie: ZEBRA-7 and OKAPI-9", None),
        ("both_bad", "You found both bad: ZEBRA-7 and OKAPI-9", None),
    ],
)
def test_the_reveal_says_who_was_preferred_and_marks_the_card_in_words(
    client, voter, entries, choice, headline, preferred
):
    shown = vote(client, make_battle(*entries, voter=voter), choice)
    assert f'class="reveal__title">{headline}</h2>' in shown
    marked = [name for name, after in re.findall(r"/models/[^>]*>([^<]*)</a>(.{40})", shown) if "card__mark" in after]
    assert marked == ([preferred] if preferred else [])
    assert shown.count("✓ Your choice") == len(marked)


def test_what_the_board_did_not_know_is_said_and_no_chance_is_made_up(client, voter, entries):
    shown = vote(client, make_battle(*entries, voter=voter))
    assert "The board did not know these two before your vote" in shown
    assert shown.count("not on the board yet") == 2
    assert "No counted vote between the two before yours." in shown
    assert "chance__bar" not in shown


def test_one_that_is_new_is_named_as_such(client, voter, entries):
    others_voted(entries, [Choice.MODEL_A, Choice.MODEL_B])
    shown = vote(client, make_battle(entries[0], make_entry("TAPIR-3"), voter=voter))
    assert "The board did not know TAPIR-3 before your vote" in shown


def test_the_boards_figures_and_what_everyone_said_come_first(client, voter, entries):
    others_voted(entries, [Choice.MODEL_B] * 3 + [Choice.MODEL_A, Choice.TIE, Choice.BOTH_BAD])
    shown = vote(client, make_battle(*entries, voter=voter))
    assert "Everyone so far: OKAPI-9 won 3 of 6 votes between the two, ZEBRA-7 1; neither: 2." in shown
    assert 'href="/models/okapi-9/vs/zebra-7/"' in shown
    chances = [int(percent) for percent in re.findall(r"<b>[AB] (\d+)%</b>", shown)]
    assert sum(chances) == 100
    assert chances[0] < 50
    places = re.findall(r"<dt>Rank</dt><dd><b>(\d)</b><small>\s*(1–2)\s*</small></dd>", shown)
    assert places == [("2", "1–2"), ("1", "1–2")]
    ratings = re.findall(r"interval</dt><dd><b>(\d+)</b><small>(\d+)–(\d+)</small>", shown)
    assert len(ratings) == 2
    assert all(int(lower) < int(rating) < int(upper) for rating, lower, upper in ratings)
    assert shown.index("Rating, 95%") < shown.index("Elo, with its step")


def test_asked_again_the_page_tells_the_place_before_the_vote_and_on_the_newest_board(client, voter, entries):
    others_voted(entries, [Choice.MODEL_B] * 3 + [Choice.MODEL_A])
    battle = make_battle(*entries, voter=voter)
    assert "→" not in vote(client, battle)
    publish_leaderboard(now=timezone.now())
    shown = reveal_of(client.get(f"/battles/{battle.pk}/"))
    before, after = map(int, re.search(r"(\d+) → ?<b>(\d+)</b><small>", shown).groups())
    assert before < after
    assert "OKAPI-9 won 3 of 5" in shown
    assert "come back to see the step" not in shown


def test_a_description_says_its_language_on_a_page_in_another(client, voter, entries):
    page = client.post(
        f"/battles/{make_battle(*entries, voter=voter).pk}/vote/", {"choice": "tie"}, HTTP_ACCEPT_LANGUAGE="ko"
    )
    assert '<p lang="en" dir="auto">Striped' in page.text


def test_thoughts_say_their_language_too(client, voter, entries):
    battle = make_battle(*entries, voter=voter)
    Answer.objects.filter(slot="a").update(thoughts="They ask why the sky is blue, so I shall explain scattering.")
    page = client.post(f"/battles/{battle.pk}/vote/", {"choice": "tie"}, HTTP_ACCEPT_LANGUAGE="ko").text
    assert 'class="thoughts__text" lang="en"' in page


def test_the_reveal_is_small_enough_to_come_at_once(client, voter, entries):
    others_voted(entries, [Choice.MODEL_B] * 3 + [Choice.MODEL_A])
    page = client.post(f"/battles/{make_battle(*entries, voter=voter).pk}/vote/", {"choice": "model_b"}).text
    section = page[page.index('<section class="reveal"') : page.index("</section>", page.index('class="reveal"'))]
    assert len(section.encode()) <= 6000


def test_the_reveal_takes_few_queries(client, voter, entries, django_assert_max_num_queries):
    others_voted(entries, [Choice.MODEL_B])
    battle = make_battle(*entries, voter=voter)
    vote(client, battle)
    with django_assert_max_num_queries(8):
        client.get(f"/battles/{battle.pk}/")


def test_a_name_that_is_markup_stays_a_name(client, voter, entries):
    LanguageModel.objects.filter(slug="zebra-7").update(display_name="<b>Z</b> %s")
    shown = vote(client, make_battle(*entries, voter=voter))
    assert "You preferred &lt;b&gt;Z&lt;/b&gt; %s over OKAPI-9" in shown
