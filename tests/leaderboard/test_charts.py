import csv
import re
from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.utils import timezone

from arena.leaderboard.charts.specs import CHARTS
from arena.models import Answer, Choice, LanguageModel, PairCount, RatingSnapshot
from arena.models.counts import SQUARES, SUMS
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db

NOW = timezone.now()
NAMES = [spec.name for spec in CHARTS]


def vote(*entries, choice=Choice.MODEL_A, now=NOW, **fields):
    battle = make_battle(*entries, now=now, **fields)
    cast_vote(battle, choice, now=now)
    publish_leaderboard(now=now)
    return battle


def make_board(models):
    """A published board of so many models, each pair of which has met a few times or never."""
    rng = np.random.default_rng(models)
    names = [f"MODEL-{number:03}-with-a-long-name" for number in range(models)]
    LanguageModel.objects.bulk_create(
        LanguageModel(
            slug=name.lower(),
            display_name=name,
            backend="recorded",
            parameters=10**8 * (number + 1),
            price=0.05 * (number + 1),
        )
        for number, name in enumerate(names)
    )
    entries = list(LanguageModel.objects.order_by("pk"))
    PairCount.objects.bulk_create(
        PairCount(first=one, second=other, **dict(zip((*SUMS, *SQUARES), [*counts, *counts], strict=True)))
        for number, one in enumerate(entries)
        for other, counts in zip(entries[number + 1 :], _sums(rng, models), strict=False)
    )
    vote(*entries[-2:])
    return entries


def _sums(rng, models):
    """Return wins, ties and both bad of whole votes."""
    return [[*row, 0] for row in rng.integers(0, 6, (models, 4)).tolist()]


def data(client, name, query=""):
    return list(csv.reader(StringIO(client.get(f"/leaderboard/charts/{name}.csv{query}").text)))


def tables(page):
    """The rows of each table on the page, by the chart's name; a dash is an empty cell."""
    found = re.findall(r'<figure class="chart" aria-labelledby="([\w-]+)">(.*?)</figure>', page, re.DOTALL)
    return {name: [re.findall(r"<t[hd][^>]*>–?([^<]*)<", row) for row in rows_of(chart)] for name, chart in found}


def rows_of(chart):
    return re.findall(r"<tr>(.*?)</tr>", chart.partition("<tbody>")[2], re.DOTALL)


def test_an_arena_without_votes_says_so_and_its_csv_files_have_only_headings(client):
    make_entry("ZEBRA-7")
    page = client.get("/leaderboard/charts/").text
    assert "No votes count yet" in page
    assert "<figure" not in page
    assert [len(data(client, name)) for name in NAMES] == [1] * len(NAMES)


def test_the_leaderboard_leads_there(client):
    assert 'href="/leaderboard/charts/"' in client.get("/leaderboard/").text


def test_a_model_that_never_lost_is_drawn_under_a_prior_and_no_number_is_missing(client):
    vote(make_entry("ZEBRA-7", parameters=7 * 10**9, price=0.06), make_entry("OKAPI-9"))
    page = client.get("/leaderboard/charts/").text
    assert "chart__dot--hollow" in page
    assert "nan" not in page.casefold()
    assert "ZEBRA-7 has the most, 1032; OKAPI-9 the least, 968." in page
    assert data(client, "win-fractions") == [
        ["model", "ZEBRA-7", "OKAPI-9"],
        ["ZEBRA-7", "", "100.0"],
        ["OKAPI-9", "0.0", ""],
    ]
    assert data(client, "battle-counts")[1] == ["ZEBRA-7", "", "1.0"]
    assert data(client, "predicted-wins")[1] == ["ZEBRA-7", "", "59.2"]
    assert data(client, "rating-by-size")[1:] == [["ZEBRA-7", "7000000000", "1032.4"]]
    assert data(client, "rating-by-price")[1:] == [["ZEBRA-7", "0.06", "1032.4"]]


def test_ties_are_no_votes_won_but_count_as_half_a_win_in_the_prediction(client):
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    for choice in (Choice.MODEL_A, Choice.MODEL_A, Choice.MODEL_B, Choice.TIE, Choice.BOTH_BAD):
        vote(*entries, choice=choice)
    assert data(client, "win-fractions")[1] == ["ZEBRA-7", "", "66.7"]
    assert data(client, "average-win-rates")[1:] == [["ZEBRA-7", "66.7", "1"], ["OKAPI-9", "33.3", "1"]]
    assert data(client, "battle-counts")[1] == ["ZEBRA-7", "", "5.0"]
    assert data(client, "predicted-wins")[1] == ["ZEBRA-7", "", "53.8"]


def test_models_with_ties_only_have_no_share_of_votes_won(client):
    vote(make_entry("ZEBRA-7"), make_entry("OKAPI-9"), choice=Choice.TIE)
    page = client.get("/leaderboard/charts/").text
    assert "There is too little to draw yet." in page
    assert data(client, "average-win-rates")[1:] == []
    assert ["", "", ""] not in data(client, "win-fractions")


def test_groups_that_have_not_met_are_never_compared(client):
    vote(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    vote(make_entry("TAPIR-3", parameters=10**9), make_entry("LEMUR-1"))
    page = client.get("/leaderboard/charts/").text
    assert page.count("chart__border") == 1
    assert data(client, "predicted-wins")[1] == ["ZEBRA-7", "", "59.2", "", ""]
    assert data(client, "rating-by-size")[1:] == []
    assert [row[-1] for row in data(client, "intervals")[1:]] == ["1", "1", "2", "2"]


@pytest.mark.parametrize("models", [2, 3, 30])
def test_the_csv_of_each_chart_is_its_table(client, models):
    make_board(models)
    page = client.get("/leaderboard/charts/").text
    shown = tables(page)
    undrawn = ["ratings-over-time", "rating-by-speed"]  # of one board, and without a voted answer that was timed
    assert list(shown) == [name for name in NAMES if name not in undrawn]
    for name in shown:
        assert shown[name] == data(client, name)[1:], name
    assert re.findall(r"([\w-]+)\.csv", page.split("There is too little to draw yet.")[1]) == undrawn


def test_no_name_is_a_formula_where_the_csv_is_opened_in_a_spreadsheet(client):
    vote(make_entry("=1+1", slug="sum"), make_entry("OKAPI-9", slug="okapi"))
    assert [row[0] for row in data(client, "intervals")[1:]] == ["'=1+1", "OKAPI-9"]
    assert data(client, "win-fractions")[0] == ["model", "'=1+1", "OKAPI-9"]
    assert "'=1+1" not in client.get("/leaderboard/charts/").text


def test_the_best_thirty_are_shown_and_the_csv_has_all(client):
    make_board(59)
    page = client.get("/leaderboard/charts/").text
    assert "30 of 59 models are shown" in page
    assert [len(tables(page)[name]) for name in ("intervals", "predicted-wins")] == [30, 30]
    assert tables(page)["intervals"] == data(client, "intervals")[1:31]
    assert {len(row) for row in data(client, "predicted-wins")} == {60}


def test_chosen_models_are_shown_and_unknown_ones_passed_over(client):
    make_board(59)
    slugs = ["model-007-with-a-long-name", "model-011-with-a-long-name"]
    page = client.get("/leaderboard/charts/", {"models": [*slugs, "nobody", "\x00"]}).text
    assert {row[0].lower() for row in tables(page)["battle-counts"]} == set(slugs)
    assert page.count(" checked>") == 2
    assert len(tables(client.get("/leaderboard/charts/?models=nobody").text)["battle-counts"]) == 30


def test_a_share_of_few_votes_does_not_look_as_sure_as_one_of_many(client):
    zebra, okapi = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    vote(zebra, okapi)
    assert client.get("/leaderboard/charts/").text.count("heat--unsure") == 2
    for _ in range(4):
        vote(zebra, okapi)
    assert "heat--unsure" not in client.get("/leaderboard/charts/").text


def test_the_last_thirty_days_have_the_charts_that_need_no_sums_by_pair(client):
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    vote(*entries)
    publish_full_scan_boards(now=NOW)
    assert "?category=recent" in client.get("/leaderboard/charts/").text
    page = client.get("/leaderboard/charts/?category=recent").text
    assert list(tables(page)) == ["intervals", "predicted-wins", "votes-a-day"]
    assert client.get("/leaderboard/charts/win-fractions.csv?category=recent").status_code == 404
    assert client.get("/leaderboard/charts/?category=style").status_code == 404


def test_the_name_of_a_lone_day_stands_below_its_column(client):
    vote(make_entry("ZEBRA-7"), make_entry("OKAPI-9"))
    page = client.get("/leaderboard/charts/").text.split('aria-labelledby="votes-a-day"')[1]
    x, width = map(float, re.search(r'chart__bar" x="([\d.]+)".*?width="([\d.]+)"', page, re.DOTALL).groups())
    assert f'chart__text--middle"\n        x="{x + width / 2}"' in page


def test_one_model_alone_has_an_interval_and_no_pairs(client):
    make_board(3)
    page = client.get("/leaderboard/charts/?models=model-001-with-a-long-name").text
    assert page.count('class="chart__interval"') == 1
    undrawn = page.split("There is too little to draw yet.")[1].split("</p>")[0]
    assert undrawn.count(".csv") == 5  # three of pairs, one of boards, one of speeds
    assert "<figure" not in page.split("There is too little to draw yet.")[1]
    assert "1 of 3 models are shown" in page


def test_a_long_name_is_cut_with_the_whole_one_as_its_title(client):
    vote(make_entry("ZEBRA-7-with-a-name-of-many-letters", slug="z"), make_entry("<b>OKAPI</b>", slug="o"))
    page = client.get("/leaderboard/charts/").text
    assert "<title>ZEBRA-7-with-a-name-of-many-letters</title>ZEBRA-7-with-a-name…" in page
    assert "<b>OKAPI" not in page


@pytest.mark.parametrize("models", [3, 60])
def test_any_number_of_models_takes_the_same_few_queries(client, models, django_assert_num_queries):
    make_board(models)
    with django_assert_num_queries(8):
        page = client.get("/leaderboard/charts/").text
    assert not re.search(r"\b(nan|inf)\b", page, re.IGNORECASE)
    assert len(data(client, "win-fractions")) == models + 1


def test_boards_become_lines_and_the_votes_of_each_day_columns(client):
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    for days in (5, 5, 3, 0):
        vote(*entries, now=NOW - timedelta(days=days))
    assert client.get("/leaderboard/charts/").text.count("<polyline") == 2
    assert [row[1] for row in data(client, "votes-a-day")[1:]] == ["1", "0", "0", "1", "0", "2"]
    assert data(client, "ratings-over-time")[0] == ["published", "ZEBRA-7", "OKAPI-9"]
    assert len(data(client, "ratings-over-time")) == 1 + 4


def test_of_many_boards_sixty_at_most_are_drawn(client):
    entries = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    vote(*entries, now=NOW - timedelta(days=400))
    first = RatingSnapshot.objects.newest()
    for days in range(399):
        RatingSnapshot.objects.create(
            policy=first.policy, published=NOW - timedelta(days=days + 1), votes=1, last_number=1
        )
    vote(*entries)
    rows = data(client, "ratings-over-time")[1:]
    assert len(rows) == 60
    assert rows[0][0] == f"{NOW:%Y-%m-%d %H:%M:%S}"
    assert rows[-1][0].startswith(f"{NOW - timedelta(days=400):%Y-%m-%d}")


def test_the_speed_of_a_battle_that_was_not_voted_on_is_not_told(client):
    zebra, okapi = make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    voted, unvoted = vote(zebra, okapi), make_battle(zebra, okapi)
    for battle, slot, tokens in ((voted, "a", 300), (unvoted, "a", 900), (unvoted, "b", 900)):
        times = {"first_text_at": NOW - timedelta(seconds=10), "finished_at": NOW, "tokens": tokens}
        Answer.objects.filter(turn__battle=battle, slot=slot).update(**times)
    assert data(client, "rating-by-speed")[1:] == [["ZEBRA-7", "30.0", "1032.4"]]


def test_a_category_has_a_board_of_its_own_and_an_unknown_one_none(client):
    zebra, okapi, tapir = make_entry("ZEBRA-7"), make_entry("OKAPI-9"), make_entry("TAPIR-3")
    vote(zebra, okapi, prompt="Write a Python function that sorts a list.")
    vote(zebra, tapir)
    page = client.get("/leaderboard/charts/?category=code").text
    assert "Coding" in page
    assert "intervals.csv?category=code" in page
    assert len(data(client, "win-fractions", "?category=code")) == 3
    assert len(data(client, "win-fractions")) == 4
    for address in ("?category=none", "?category=%00", "none.csv", "intervals.csv?category=none"):
        assert client.get(f"/leaderboard/charts/{address}").status_code == 404


@pytest.mark.parametrize(
    ("address", "now"),
    [
        (
            "/leaderboard/pictures/?category=code&models=a&models=b",
            "/leaderboard/charts/?category=code&models=a&models=b",
        ),
        (
            "/leaderboard/pictures/win-fractions.csv?category=code",
            "/leaderboard/charts/win-fractions.csv?category=code",
        ),
        ("/leaderboard/picture.png?board=7", "/leaderboard/preview.png?board=7"),
    ],
)
def test_addresses_of_the_first_release_lead_to_the_new_ones_for_ever(client, address, now):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, now)
