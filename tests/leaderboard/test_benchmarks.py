import re

import pytest
from django.utils import timezone

from arena.models import BenchmarkScore, BenchmarkSource, Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry
from tests.pages import compact

pytestmark = pytest.mark.django_db

NOW = timezone.now()
NAMES = ("ZEBRA-7", "OKAPI-9", "TAPIR-3", "LEMUR-1", "GECKO-2")


def rated(*names):
    """Entries in this order by their ratings: each beats all that come after it."""
    entries = [make_entry(name) for name in names]
    for place, winner in enumerate(entries):
        for loser in entries[place + 1 :]:
            cast_vote(make_battle(winner, loser), Choice.MODEL_A, now=NOW)
    publish_leaderboard(now=NOW)
    return entries


def score(entries, values, *, benchmark="MMLU", source="Theirs", unit="", licence=""):
    made, _ = BenchmarkSource.objects.get_or_create(name=source, defaults={"licence": licence})
    for entry, value in zip(entries, values, strict=False):
        if value is not None:
            fields = {"benchmark": benchmark, "score": value, "unit": unit, "source": made}
            BenchmarkScore.objects.create(entry=entry, imported_at=NOW, **fields)


def rows(page, table=0):
    body = compact(page).split('<table class="board__table scores">')[table + 1].split("</table>")[0]
    found = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", body, re.DOTALL)
    return [[text for text in map(str.strip, re.findall(r">([^<>]*)<", row)) if text] for row in found]


def test_without_scores_the_page_says_so_and_how_they_come_in(client):
    rated(*NAMES[:2])
    page = client.get("/benchmarks/").text
    assert "This arena has no benchmark scores yet." in page
    assert "manage.py import_benchmarks FILE" in page


def test_scores_of_models_without_votes_are_not_a_table(client):
    score([make_entry("ZEBRA-7")], [0.5])
    page = client.get("/benchmarks/").text
    assert "None of the models with a benchmark score has votes that count yet." in page
    assert "ZEBRA-7" not in page


def test_rated_models_stand_by_rating_with_blanks_as_dashes(client):
    entries = rated(*NAMES[:4])
    score(entries, [0.5, None, 0.75, None])
    score(entries, [None, 0, 12.5, None], benchmark="GSM8K", unit="%")
    score([make_entry("UNRATED-5")], [0.9])
    page = client.get("/benchmarks/").text
    table = rows(page)
    assert [row[0] for row in table] == ["ZEBRA-7", "OKAPI-9", "TAPIR-3"]
    assert [row[-2:] for row in table] == [["0.500", "–"], ["–", "0.0"], ["0.750", "12.5"]]
    assert 'GSM8K<span class="scores__unit">%</span>' in compact(page)
    assert "One more rated model has no score." in page
    assert "UNRATED-5" not in page


def test_the_rank_correlation_stands_with_its_interval_and_the_number_of_models(client):
    score(rated(*NAMES), [0.8, 0.9, 0.5, 0.4, 0.3])
    assert rows(client.get("/benchmarks/").text, 1) == [["MMLU", "Theirs", "0.90", "−0.17 to 1.00", "5"]]


def test_fewer_than_four_models_have_no_correlation(client):
    entries = rated(*NAMES)
    score(entries, [0.9, 0.5, 0.4])
    score(entries, [0.9, 0.5, 0.4, 0.3], benchmark="ARC")
    table = rows(client.get("/benchmarks/").text, 1)
    assert table == [["MMLU", "Theirs", "–", "–", "3"], ["ARC", "Theirs", "1.00", "–", "4"]]


def test_ratings_that_cannot_be_compared_are_never_correlated(client):
    large, small = rated(*NAMES[:4]), rated("HIPPO-4", "RHINO-6")
    score(large, [0.1, 0.2, 0.3, 0.4])
    score(small, [0.9, 0.8])
    page = client.get("/benchmarks/").text
    assert rows(page, 1) == [["MMLU", "Theirs", "−1.00", "–", "4"]]
    assert len(rows(page)) == 6
    assert "Group 1" in page
    assert "Group 2" in page
    assert "Only the models of group 1 are compared." in page


def test_the_same_benchmark_of_two_sources_stands_twice_with_each_licence(client):
    entries = rated(*NAMES[:2])
    score(entries, [0.5, 0.4], source="Theirs")
    score(entries, [0.6, 0.3], source="Ours", licence="CC-BY-4.0")
    page = client.get("/benchmarks/").text
    assert [row[-2:] for row in rows(page)] == [["0.600", "0.500"], ["0.300", "0.400"]]
    assert "Ours: licence CC-BY-4.0" in compact(page)
    assert "Theirs: no licence stated" in compact(page)


def test_a_name_out_of_a_file_is_text_and_never_markup(client):
    score(rated(*NAMES[:2]), [0.5, 0.4], benchmark="<b>MMLU</b>", source="<i>Theirs</i>")
    page = client.get("/benchmarks/").text
    assert "<b>MMLU" not in page
    assert "<i>Theirs" not in page


def test_the_leaderboard_leads_there_once_there_are_scores(client):
    score(rated(*NAMES[:2]), [0.5])
    assert 'href="/benchmarks/"' in client.get("/leaderboard/").text


def test_it_takes_a_fixed_number_of_queries(client, django_assert_num_queries):
    entries = rated(*NAMES)
    for benchmark in ("MMLU", "ARC", "GSM8K"):
        score(entries, range(5), benchmark=benchmark, source=benchmark)
    with django_assert_num_queries(3):
        client.get("/benchmarks/")
