import random
from collections import Counter

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.battles.start import start_battle
from arena.models import Battle, Choice, LanguageModel, PairCount, PairingPlan, Rating
from arena.models.catalog import State
from arena.pairing.draw import Policy, chances, draw_pair, pack, unpack
from arena.scoring.publish import publish_leaderboard
from arena.votes.cast import cast_vote
from tests.factories import make_battle, make_entry, make_recorded, make_voter
from tests.made_once import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def publish_after_votes(*entries, rounds=1):
    """Every two of these entries meet, as often as there are choices; then a board is published."""
    for _ in range(rounds):
        for place, a in enumerate(entries):
            for choice, b in [(choice, b) for b in entries[:place] for choice in Choice]:
                cast_vote(make_battle(a, b), choice, now=timezone.now())
    assert publish_leaderboard(now=timezone.now())


def make_entries(how_many):
    return [make_entry() for _ in range(how_many)]


def voted_entries(how_many, *, more=0, rounds=1):
    """So many entries that have met, and more that have not: a board and its plan are published."""
    return _voted_entries(how_many, more=more, rounds=rounds, policy=settings.PAIRING)


@made_once
def _voted_entries(how_many, *, more, rounds, policy):
    assert policy == settings.PAIRING
    entries = make_entries(how_many + more)
    publish_after_votes(*entries[:how_many], rounds=rounds)
    return entries


def share(entries, entry):
    """Of the battles among these entries, how many this one is in."""
    return chances(entries).matrix[entries.index(entry)].sum()


def start():
    return start_battle(make_voter(), "Hello", rng=random.Random(1), now=timezone.now())


@pytest.mark.parametrize("policy", Policy)
def test_without_a_board_all_pairs_are_alike(settings, policy):
    settings.PAIRING = policy
    assert chances(make_entries(4)).matrix == pytest.approx((1 - np.eye(4)) / 6)


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("planned", [0, 1, 2])
def test_two_entries_always_meet(settings, policy, planned):
    settings.PAIRING = policy
    old = voted_entries(3)
    LanguageModel.objects.filter(pk__in=[entry.pk for entry in old[planned:]]).update(state=State.PAUSED)
    for _ in range(2 - planned):
        make_entry()
    assert start().pair_probability == 1


def test_an_entry_with_fewer_votes_comes_more_often():
    entries = voted_entries(4, more=1, rounds=2)
    assert share(entries[:4], entries[0]) == pytest.approx(1 / 2)
    assert share(entries, entries[4]) > 1.2 * 2 / 5


def test_an_entry_that_is_newer_than_the_plan_comes_as_often_as_the_most_wanted():
    entries = voted_entries(3, more=1, rounds=2)
    later = [*entries, make_entry(), make_entry()]
    found = chances(later).matrix
    assert found[4, :4] == pytest.approx(found[:4, :4].max(axis=0))
    assert found[4, 5] == pytest.approx(found.max())
    assert start().pair_probability > 0


def test_a_plan_that_knows_none_of_the_entries_is_no_plan():
    voted_entries(3)
    assert chances(make_entries(3)).matrix == pytest.approx((1 - np.eye(3)) / 3)


def test_the_probability_of_the_pair_drawn_is_stored():
    voted_entries(4, more=1, rounds=2)
    live = list(LanguageModel.objects.live())
    battle = start()
    pair = live.index(battle.model_a), live.index(battle.model_b)
    assert battle.pair_probability == chances(live).matrix[pair] != pytest.approx(1 / 10, rel=0.01)


def test_pairs_come_as_often_as_stated():
    entries = voted_entries(3, more=1, rounds=2)
    rng = random.Random(5)
    drawn = [draw_pair(entries, rng) for _ in range(600)]
    counted = Counter(frozenset((pair.a, pair.b)) for pair in drawn)
    stated = chances(entries).matrix
    assert all(abs(n / 600 - stated[tuple(pair)]) < 0.07 for pair, n in counted.items())


def test_no_entry_crowds_out_the_others():
    entries = make_entries(8)
    publish_after_votes(*entries[:7])
    for name in ("first_wins", "second_wins"):
        PairCount.objects.update(**{name: 5000.0, f"{name}_squared": 5000.0})
    publish_after_votes(*entries[:2])
    unchecked = unpack(PairingPlan.objects.get().shares, 8)
    assert unchecked[7].sum() / unchecked.sum() * 2 > 0.8
    assert share(entries, entries[7]) == pytest.approx((1 + 2 / 8) / 2)


def test_few_votes_weigh_five_times_as_much_in_the_weighted_way(settings):
    settings.PAIRING = Policy.WEIGHTED
    entries = voted_entries(3, more=1)
    Rating.objects.update(votes=501)
    found = chances(entries).matrix
    assert found[3, 0] == pytest.approx(5 * found[0, 1])


def test_recorded_entries_have_a_plan_of_their_own():
    prompt = make_recorded("ZEBRA-7", "OKAPI-9", "TAPIR-3", "LEMUR-1")
    recorded, live = list(LanguageModel.objects.recorded()), make_entries(3)
    publish_after_votes(*recorded[:3], rounds=2)
    assert share(recorded, recorded[3]) > 1.2 / 2
    assert chances(live).matrix == pytest.approx((1 - np.eye(3)) / 3)
    battle = start_battle(make_voter(), "", recorded_prompt=prompt, rng=random.Random(1), now=timezone.now())
    pair = recorded.index(battle.model_a), recorded.index(battle.model_b)
    assert battle.pair_probability == chances(recorded).matrix[pair]


def test_a_retired_entry_is_in_no_plan_and_a_paused_one_can_come_back():
    entries = make_entries(4)
    LanguageModel.objects.filter(pk=entries[0].pk).update(state=State.RETIRED)
    LanguageModel.objects.filter(pk=entries[1].pk).update(state=State.PAUSED)
    publish_after_votes(*entries)
    assert PairingPlan.objects.get().entries == [entry.pk for entry in entries[1:]]


def test_another_way_of_pairing_leaves_no_plan(settings):
    settings.PAIRING = Policy.UNIFORM
    voted_entries(3)
    assert not PairingPlan.objects.exists()


def test_each_way_of_pairing_costs_one_query_at_most(settings):
    voted_entries(3)
    needed = {}
    for policy in Policy:
        settings.PAIRING = policy
        with CaptureQueriesContext(
            connection,
        ) as queries:
            start()
        needed[policy] = len(queries)
    assert needed == {policy: needed[Policy.UNIFORM] + (policy != Policy.UNIFORM) for policy in Policy}
    assert Battle.objects.filter(pair_probability__gt=0).count() == len(Policy) + 12


def test_a_matrix_comes_out_as_it_was_packed():
    matrix = np.triu(np.random.default_rng(1).random((7, 7)), 1).astype(np.float32).astype(np.float64)
    assert (unpack(pack(matrix + matrix.T), 7) == matrix + matrix.T).all()
    assert len(pack(np.zeros((300, 300)))) == 4 * 300 * 299 / 2
