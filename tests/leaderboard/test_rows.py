import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from arena.leaderboard.columns import COLUMNS
from arena.leaderboard.rows import RowContext, Scale, unrated_row
from arena.models import Choice
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db


def test_the_intervals_of_a_group_have_a_scale_of_their_own(client):
    pair = make_entry(), make_entry()
    for _ in range(2):
        for choice in (Choice.MODEL_A, Choice.MODEL_B, Choice.TIE):
            cast_vote(make_battle(*pair), choice, now=timezone.now())
    cast_vote(make_battle(make_entry(), make_entry()), Choice.MODEL_A, now=timezone.now())
    publish_leaderboard(now=timezone.now())
    groups = client.get("/leaderboard/").text.split("<tbody>")[1:]
    assert len(groups) == 2
    for group in groups:
        lines = re.findall(r'whisker__line" x="([\d.]+)" y="4" width="([\d.]+)"', group)
        assert min(float(start) for start, _ in lines) == 0
        assert max(float(start) + float(width) for start, width in lines) == pytest.approx(100)


@pytest.mark.parametrize(("percent", "words"), [(99.5, "&gt;99%"), (64, "64%"), (0.5, "&lt;1%"), (None, "–")])
def test_no_model_is_surely_above_the_next(percent, words):
    row = replace(unrated_row(make_entry(), RowContext.empty([])), above_next_percent=percent)
    assert f">{words}</td>" in render_to_string(
        "leaderboard/_row.html", {"row": row, "columns": [COLUMNS["above_next"]]}
    )


def test_the_axis_of_the_intervals_has_round_numbers_at_their_places():
    assert [(tick.text, tick.at) for tick in Scale(870, 1270).ticks] == [
        ("900", 7.5),
        ("1000", 32.5),
        ("1100", 57.5),
        ("1200", 82.5),
    ]


def test_one_group_has_its_axis_in_the_head_and_each_of_several_its_own(client):
    def vote(*pair):
        cast_vote(make_battle(*pair), Choice.MODEL_A, now=timezone.now())
        publish_leaderboard(now=timezone.now())
        return client.get("/leaderboard/").text.split("<thead>")[1].split("<tbody>", 1)

    head, body = vote(make_entry(), make_entry())
    assert 'id="axis-1"' in head
    assert body.count('href="#axis-1"') == 2
    head, body = vote(make_entry(), make_entry())
    assert "axis-" not in head
    assert all(body.count(f'{kind}axis-{number}"') for kind in ('id="', 'href="#') for number in (1, 2))
