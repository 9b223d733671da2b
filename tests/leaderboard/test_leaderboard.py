import html
import json
import os
import re
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from arena.leaderboard.columns import COLUMNS
from arena.models import Choice, LanguageModel, Rating, RatingSnapshot
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.made_once import made_once
from tests.pages import compact

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
    page = compact(client.get("/leaderboard/").text)
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
    for words in ("† has not lost yet", "1–2", "1032", "1002", "100%", "Zoo", "MIT", "1 vote"):
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
    with django_assert_num_queries(10):
        first = client.get("/leaderboard/").text
    with django_assert_num_queries(7):  # its table is kept until something in it changes
        assert client.get("/leaderboard/").text == first


def test_a_link_to_it_says_what_it_is_where_it_is_shared(client):
    page = compact(client.get("/leaderboard/").text)
    assert '<meta property="og:title" content="Leaderboard · Agon">' in page
    assert '<meta property="og:description" content="0 models, rated by 0 votes.">' in page


def rows(client, query=""):
    """The names in the table, in its order."""
    table = client.get(f"/leaderboard/{query}").text.split("<tbody>", 1)[1].split("</table>")[0]
    return re.findall(r"[A-Z]+-\d+(?=</a>)", table)


@pytest.fixture
@made_once
def zoo():
    """Three rated entries, the best first."""
    zebra = make_entry("ZEBRA-7", organisation="Zoo", licence="MIT", parameters=7_000_000_000, price=2.5)
    okapi = make_entry("OKAPI-9", organisation="Park", licence="proprietary", kind="fine_tune")
    tapir = make_entry("TAPIR-3", organisation="Park", licence="Apache-2.0", parameters=135_000_000, price=0.06)
    for pair in ((zebra, okapi), (okapi, tapir), (zebra, tapir)):
        cast_vote(make_battle(*pair), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    return zebra, okapi, tapir


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?search=zoo", ["ZEBRA-7"]),
        ("?search=OKA", ["OKAPI-9"]),
        ("?organisation=Park", ["OKAPI-9", "TAPIR-3"]),
        ("?licence=MIT", ["ZEBRA-7"]),
        ("?kind=fine_tune", ["OKAPI-9"]),
        ("?size=small", ["TAPIR-3"]),
        ("?size=medium", ["ZEBRA-7"]),
        ("?open=1", ["ZEBRA-7", "TAPIR-3"]),
        ("?open=1&organisation=Park&sort=model", ["TAPIR-3"]),
        ("?search=nobody", []),
        ("?kind=nonsense&size=huge&method=magic&columns=none", ["ZEBRA-7", "OKAPI-9", "TAPIR-3"]),
        ("?sort=parameters", ["ZEBRA-7", "TAPIR-3", "OKAPI-9"]),
        ("?sort=parameters&order=reversed", ["TAPIR-3", "ZEBRA-7", "OKAPI-9"]),
        ("?sort=price", ["TAPIR-3", "ZEBRA-7", "OKAPI-9"]),
    ],
)
def test_the_address_says_which_rows_in_what_order(client, zoo, query, shown):
    assert rows(client, query) == shown


def test_a_filter_without_a_row_says_so_and_keeps_what_was_asked(client, zoo):
    page = client.get("/leaderboard/?search=nobody").text
    assert "No model passes these filters." in page
    assert 'value="nobody"' in page


def test_a_filter_says_how_many_models_it_leaves_and_how_to_see_all_again(client, zoo):
    page = compact(client.get("/leaderboard/?organisation=Park").text)
    assert "2 models are shown." in page
    assert '<a href="/leaderboard/">Reset</a>' in page
    assert '<a href="/leaderboard/?category=no_ties">Reset</a>' in compact(
        client.get("/leaderboard/?category=no_ties&search=park").text
    )
    assert "are shown." not in client.get("/leaderboard/").text


def test_columns_are_chosen_and_stay_while_one_sorts(client, zoo):
    page = compact(client.get("/leaderboard/?columns=parameters&columns=above_next&columns=price").text)
    heads = re.findall(r'<th scope="col"[^>]*>(?:<a [^>]*>)?([^<]+)', page)
    assert heads == ["Rank", "Model", "Rating", "Above the next", "Parameters", "Dollars a million tokens"]
    assert "7 B" in page
    assert ">2.50</td>" in page
    assert "135 M" in page
    assert "sort=model&amp;columns=rank&amp;columns=model&amp;columns=rating&amp;columns=above_next" in page


def test_every_column_can_be_shown(client, zoo):
    query = "&".join(f"columns={key}" for key in COLUMNS)
    page = client.get(f"/leaderboard/?{query}").text
    head = page.split("<thead>")[1].split("</thead>")[0]
    body = page.split("<tbody>")[1].split("</tr>")[0]
    assert head.count("<th ") == len(COLUMNS) == body.count("<td") + body.count("<th ")


@pytest.mark.parametrize("key", [key for key, column in COLUMNS.items() if column.sort])
def test_every_column_that_says_so_sorts(client, zoo, key):
    assert sorted(rows(client, f"?sort={key}")) == sorted(rows(client, f"?sort={key}&order=reversed"))
    assert 'aria-sort="' in client.get(f"/leaderboard/?sort={key}&columns={key}").text


def test_another_method_rates_the_same_votes(client, zoo):
    plain = client.get("/leaderboard/").text
    vote(zoo[1], zoo[0])
    vote(zoo[2], zoo[1])
    for _ in range(3):
        vote(zoo[0], zoo[1], Choice.TIE)
        vote(zoo[0], zoo[2], Choice.TIE)
    figures = {
        method: re.findall(r'<span class="figure">(\d+)', client.get(f"/leaderboard/?method={method}").text)
        for method in ("", "sandwich", "davidson", "rao-kupper")
    }
    # Without the prior the same order stands further apart, with each model of ties in a way of its own.
    assert int(figures["sandwich"][0]) > int(figures[""][0]) > int(figures[""][2]) > int(figures["sandwich"][2])
    assert len({tuple(found) for found in figures.values()}) >= 3
    assert all(len(found) == 3 for found in figures.values())
    assert "cannot be rated this way" not in plain


def test_a_method_that_the_votes_do_not_allow_says_so(client, zoo):
    vote(zoo[2], zoo[0])
    vote(zoo[0], zoo[2])
    page = client.get("/leaderboard/?method=davidson").text
    assert "These votes cannot be rated this way yet" in page
    assert rows(client, "?method=davidson") == rows(client) != []


def test_a_category_has_its_own_board_and_an_unknown_one_none(client, zoo):
    cast_vote(make_battle(*zoo[:2], prompt="Write a Python function."), Choice.MODEL_B, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    assert rows(client, "?category=code")[:2] == ["OKAPI-9", "ZEBRA-7"]
    assert "Prompts that show code" in client.get("/leaderboard/?category=code").text
    assert client.get("/leaderboard/?category=none").status_code == 404
    assert "category=code" in client.get("/leaderboard/?search=zoo").text


def test_a_category_without_votes_is_an_empty_board_and_no_error(client, zoo):
    page = client.get("/leaderboard/?category=code").text
    assert "Category: Coding" in page
    assert "0 votes" in page
    assert sorted(rows(client, "?category=code")) == ["OKAPI-9", "TAPIR-3", "ZEBRA-7"]
    assert "category=code" not in client.get("/leaderboard/").text


def test_categories_stand_under_the_names_of_their_groups(client, zoo):
    cast_vote(make_battle(*zoo[:2], prompt="Write a Python function."), Choice.MODEL_B, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    page = client.get("/leaderboard/?category=code").text
    assert "Category: Coding" in page
    groups = page.split('class="categories__group"')[1:]
    assert ["Overall" in groups[0], "English" in groups[1], "Coding" in groups[2]] == [True] * 3
    assert ["All votes" in groups[0], "Language" in groups[1], "Kind of prompt" in groups[2]] == [True] * 3


def test_the_style_board_stands_beside_the_ranks_and_says_what_style_is_worth(client, zoo):
    battles = [make_battle(*zoo[:2]) for _ in range(8)]
    for number, battle in enumerate(battles):
        for answer in battle.turns.get().answers.all():
            answer.text = "Many words. " * (10 if (answer.slot == "a") == (number % 2 == 0) else 1)
            answer.save()
        cast_vote(battle, Choice.MODEL_A if number % 3 else Choice.MODEL_B, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    publish_full_scan_boards(now=timezone.now())
    page = client.get("/leaderboard/?category=style").text
    assert "What style is worth" in page
    assert "Length" in page
    queries = ("", "?category=english")
    pages = {query: compact(client.get(f"/leaderboard/{query}").text) for query in queries}
    heads = {query: re.search("<thead>.*?</thead>", page)[0] for query, page in pages.items()}
    assert "Style rank" in heads[""]
    assert "Style rank" not in heads["?category=english"]  # the ranks are of other votes


def test_flags_say_what_a_reader_should_know(client, zoo):
    vote(make_entry("LEMUR-1"), make_entry("KOALA-2"))
    LanguageModel.objects.filter(slug="tapir-3").update(state="retired")
    LanguageModel.objects.exclude(slug="lemur-1").update(added=timezone.now() - timedelta(days=30))
    table = client.get("/leaderboard/").text.split("<tbody>", 1)[1]
    flags = {
        name: re.findall(r'board__flag">([^<]+)', row)
        for row in table.split("<tr>")
        for name in re.findall(r">([A-Z]+-\d)</a>", row)
    }
    assert "retired" in flags["TAPIR-3"]
    assert any("new" in flag and "cannot be compared" in flag for flag in flags["LEMUR-1"])
    assert not any("new" in flag for flag in flags["KOALA-2"])


def test_what_changes_on_a_card_is_on_the_board_at_once(client, zoo):
    client.get("/leaderboard/")
    client.get("/leaderboard/?method=sandwich")
    LanguageModel.objects.filter(slug="zebra-7").update(organisation="Circus")
    assert "Circus" in client.get("/leaderboard/").text
    assert "Circus" in client.get("/leaderboard/?method=sandwich").text


def test_the_overview_has_the_rank_of_each_model_on_each_board(client, zoo, django_assert_num_queries):
    with django_assert_num_queries(3):
        page = client.get("/leaderboard/overview/").text
    assert re.findall(r"([A-Z]+-\d)</a>", page) == ["ZEBRA-7", "OKAPI-9", "TAPIR-3"]
    assert "Without ties" in page
    assert "No votes count yet" not in page


def test_an_empty_overview_says_so(client):
    assert "No votes count yet" in client.get("/leaderboard/overview/").text


def test_a_place_stays_readable_beside_the_places_that_the_intervals_allow(client, zoo):
    def places(query):
        table = compact(client.get(f"/leaderboard/{query}").text).split("<tbody>")[1]
        return re.findall(r'board__position">(\d+)</span>(?:<span class="board__ranks">([^<]+)<)?', table)

    assert places("") == [("1", "1–3"), ("2", "1–3"), ("3", "1–3")]
    assert [place for place, _ in places("?sort=rating&order=reversed")] == ["3", "2", "1"]


def test_a_column_that_says_nothing_of_any_rated_model_is_not_shown(client):
    vote(make_entry("ZEBRA-7", organisation="Zoo"), make_entry("OKAPI-9"))
    make_entry("TAPIR-3", licence="MIT")
    head = client.get("/leaderboard/").text.split("<thead>")[1].split("</thead>")[0]
    assert "Organisation" in head
    assert "Licence" not in head


def test_a_column_that_few_rows_have_leaves_its_room_to_the_intervals(client):
    board = RatingSnapshot.objects.create(published=timezone.now(), votes=60, last_number=60)
    fields = {"rating": 1000, "lower": 900, "upper": 1100, "elo": 1000, "group": 0, "win_rate": 0.5, "votes": 10}
    for place in range(1, 7):
        entry = make_entry(organisation="Zoo" if place == 1 else "")
        ranks = {"rank": place, "rank_best": place, "rank_worst": place}
        Rating.objects.create(snapshot=board, model=entry, **fields, **ranks)
    head = re.compile("<thead>.*?</thead>", re.DOTALL)
    assert "Organisation" not in head.search(client.get("/leaderboard/").text)[0]
    assert "Organisation" in head.search(client.get("/leaderboard/?columns=organisation").text)[0]


def test_models_that_the_votes_do_not_tell_apart_have_one_shade_among_all_categories(client, zoo):
    page = compact(client.get("/leaderboard/overview/").text)
    assert set(re.findall(r'shade--(\d)">(1–3)<', page)) == {("4", "1–3")}


def test_a_place_won_without_style_is_told_where_the_intervals_allow_no_place_on_both_boards(client, zoo):
    board = RatingSnapshot.objects.newest()
    style = RatingSnapshot.objects.create(
        category="style", published=timezone.now(), votes=board.votes, last_number=board.last_number
    )
    Rating.objects.filter(snapshot=board).update(rank_best=2, rank_worst=3)
    for rating, ranks in zip(
        Rating.objects.filter(snapshot=board).order_by("pk"), ((2, 3), (2, 2), (1, 1)), strict=True
    ):
        rating.pk, rating.snapshot, rating.rating = None, style, 1000 - 100 * ranks[0] - ranks[1]
        rating.rank_best, rating.rank_worst = ranks
        rating.save()
    page = client.get("/leaderboard/").text
    cells = re.findall(r'<td class="number">\s*(\d)<span class="change">(.*?)</span>\s*</td>', page, re.DOTALL)
    said = [(place, re.sub(r"<[^>]*>|\s", "", change)) for place, change in cells]
    assert said == [("3", "2–3"), ("2", ""), ("1", "↑up2")]


def test_few_votes_are_a_mark_that_is_explained_once(client):
    board = RatingSnapshot.objects.create(published=timezone.now(), votes=410, last_number=410)
    for name, votes in (("ZEBRA-7", 400), ("OKAPI-9", 9), ("TAPIR-3", 1)):
        fields = {"rating": 1000, "lower": 900, "upper": 1100, "elo": 1000, "group": 0, "win_rate": 0.5}
        ranks = {"rank": 1, "rank_best": 1, "rank_worst": 3}
        Rating.objects.create(snapshot=board, model=make_entry(name), votes=votes, **fields, **ranks)
    page = client.get("/leaderboard/").text
    assert page.count('class="board__mark"') == 2
    assert page.count("° under 300 votes: the place still moves.") == 1
    assert "board__flag" not in page


def test_what_was_searched_and_filtered_is_said(client, zoo):
    page = compact(client.get("/leaderboard/?search=pa&organisation=Park").text)
    assert "2 models are shown.Search: “pa”." in page.replace("</p>", "").replace(". S", ".S")
    assert "Organisation: Park." in page


def test_a_head_says_what_its_column_means(client, zoo):
    head = client.get("/leaderboard/").text.split("<thead>")[1].split("</thead>")[0]
    assert 'title="Of all its votes; a tie, and both bad, is half a win."' in head


SECTIONS = {
    "Board": "/leaderboard/",
    "Categories": "/leaderboard/overview/",
    "Charts": "/leaderboard/charts/",
    "Head to head": "/head-to-head/",
    "Benchmarks": "/benchmarks/",
    "Transparency": "/transparency/",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_all_pages_about_the_board_lead_to_each_other(client, section):
    nav = re.search(r'<nav class="topics board__sections".*?</nav>', client.get(SECTIONS[section]).text, re.DOTALL)[0]
    links = re.findall(r"<a ([^>]*)>\s*([^<]*?)\s*</a>", nav)
    assert {name: re.search('href="([^"]*)"', attributes)[1] for attributes, name in links} == SECTIONS
    assert [name for attributes, name in links if 'aria-current="page"' in attributes] == [section]


@pytest.mark.skipif("ARENA_EXTRA_DATA" not in os.environ, reason="ARENA_EXTRA_DATA is not set")
def test_the_page_of_a_public_file_of_votes_is_its_golden_board(client):
    folder = Path(os.environ["ARENA_EXTRA_DATA"])
    call_command("import_votes", str(folder / "llmfao.csv"), stdout=StringIO(), stderr=StringIO())
    golden = json.loads((folder / "llmfao.golden.json").read_text())["exact"]["bt"]
    page = client.get("/leaderboard/?method=sandwich").text
    shown = {
        html.unescape(name): tuple(map(int, figures))
        for name, *figures in re.findall(
            r'model-link"[^>]*>([^<]+)</a>.*?figure">(\d+)<.*?board__bounds">(\d+)–(\d+)<', page, flags=re.DOTALL
        )
    }
    assert list(shown) == sorted(golden, key=lambda name: -golden[name][0])
    for name, exact in golden.items():
        assert shown[name] == pytest.approx(exact, abs=0.5001)
