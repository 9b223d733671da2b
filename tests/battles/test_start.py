import random
from collections import Counter
from uuid import uuid4

import pytest
from django.utils import timezone

from arena.battles.begin import TooManyOpenBattles
from arena.battles.start import NotEnoughEntries, start_battle, start_instead_of_the_oldest
from arena.battles.stop import leave_battle
from arena.battles.turns import QueueIsFull
from arena.imports.votes import import_votes
from arena.models import Battle, LanguageModel
from arena.models.catalog import State
from arena.people.voters import new_voter
from tests.factories import make_battle, make_entry, make_recorded, make_voter
from tests.parallel import in_parallel

pytestmark = pytest.mark.django_db


def start(voter=None, text="Hello", *, seed=1, **more):
    return start_battle(voter or make_voter(), text, rng=random.Random(seed), now=timezone.now(), **more)


def start_instead(voter, **more):
    return start_instead_of_the_oldest(voter, "Another", rng=random.Random(1), now=timezone.now(), **more)


def test_two_different_live_entries_meet_and_their_chance_is_stored():
    for _ in range(4):
        make_entry()
    battle = start()
    assert battle.model_a != battle.model_b
    assert battle.pair_probability == pytest.approx(1 / 6)
    assert battle.consent_version


def test_sides_and_pairs_are_drawn_evenly(settings):
    settings.QUEUE_LIMIT = 1000
    for _ in range(3):
        make_entry()
    drawn = Counter((b.model_a_id, b.model_b_id) for b in (start(seed=seed) for seed in range(150)))
    assert len(drawn) == 6
    assert min(drawn.values()) > 12


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_a_prompt_that_is_sent_often_is_one_battle():
    make_entry(), make_entry()
    voter, key = make_voter(), uuid4()
    battles = in_parallel(8, lambda _: start(voter, idempotency_key=key))
    assert {battle.pk for battle in battles} == {Battle.objects.get().pk}
    assert Battle.objects.count() == 1


def test_nobody_takes_the_id_of_a_vote_that_is_still_to_be_imported(tmp_path):
    make_entry("ZEBRA-7"), make_entry("OKAPI-9")
    published = uuid4()
    start(idempotency_key=published)
    rows = tmp_path / "rows.csv"
    rows.write_text(f"id,model_a,model_b,winner\n{published},ZEBRA-7,OKAPI-9,model_a\n")
    assert import_votes(rows, now=timezone.now()).new == 1


def test_other_words_or_another_voter_under_the_same_sending_are_a_battle_of_their_own():
    make_entry(), make_entry()
    voter, key = make_voter(), uuid4()
    first = start(voter, idempotency_key=key)
    assert first not in (start(voter, "Other words", idempotency_key=key), start(idempotency_key=key))
    assert Battle.objects.count() == 3


def test_a_paused_entry_is_not_drawn():
    make_entry(), make_entry(state=State.PAUSED)
    with pytest.raises(NotEnoughEntries):
        start()


def test_recorded_entries_meet_recorded_entries_with_an_answer_to_the_prompt_only():
    make_entry(), make_entry()
    prompt = make_recorded("ZEBRA-7", "OKAPI-9")
    make_recorded("TAPIR-3", text="Another prompt")
    drawn = {
        m.slug for seed in range(20) for b in [start(seed=seed, recorded_prompt=prompt)] for m in (b.model_a, b.model_b)
    }
    assert drawn == {"zebra-7", "okapi-9"}


def test_live_battles_never_draw_recorded_entries():
    make_recorded("ZEBRA-7", "OKAPI-9")
    make_entry(), make_entry()
    assert not {start(seed=s).model_a.kind for s in range(10)} & {"recorded"}


def test_a_third_open_battle_is_refused_until_one_is_left():
    make_entry(), make_entry()
    voter = make_voter()
    first, second = start(voter), start(voter)
    with pytest.raises(TooManyOpenBattles) as refusal:
        start(voter)
    assert list(refusal.value.battles) == [first, second]
    leave_battle(first, now=timezone.now())
    assert start(voter)


def test_a_third_battle_may_begin_in_place_of_the_oldest_open_one():
    make_entry(), make_entry()
    voter = make_voter()
    first, second = start(voter), start(voter)
    third = start_instead(voter, idempotency_key=(key := uuid4()))
    assert start_instead(voter, idempotency_key=key) == third
    assert list(Battle.objects.open_of(voter, now=timezone.now()).order_by("created")) == [second, third]
    assert Battle.objects.get(pk=first.pk).left_at


def test_who_has_room_for_a_battle_leaves_none_for_it():
    make_entry(), make_entry()
    voter = make_voter()
    first, second = start(voter), start_instead(voter)
    assert set(Battle.objects.open_of(voter, now=timezone.now())) == {first, second}
    new, _key = new_voter()
    assert start_instead(new).voter == new


def test_a_battle_that_is_refused_leaves_no_other(settings):
    make_entry(), make_entry()
    voter = make_voter()
    first, second = start(voter), start(voter)
    settings.QUEUE_LIMIT = 1
    with pytest.raises(QueueIsFull):
        start_instead(voter)
    assert set(Battle.objects.open_of(voter, now=timezone.now())) == {first, second}


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_the_same_request_many_times_at_once_leaves_one_battle():
    make_entry(), make_entry()
    voter, key = make_voter(), uuid4()
    start(voter), start(voter)
    battles = in_parallel(6, lambda _: start_instead(voter, idempotency_key=key))
    assert len({battle.pk for battle in battles}) == 1
    assert Battle.objects.filter(left_at__isnull=False).count() == 1


def test_a_battle_with_a_failed_side_is_not_open():
    voter = make_voter()
    battle = make_battle(voter=voter)
    Battle.objects.get(pk=battle.pk).turns.get().answers.filter(slot="a").update(state="failed")
    assert not Battle.objects.open_of(voter, now=timezone.now()).exists()


def test_a_full_queue_refuses_new_battles(settings):
    settings.QUEUE_LIMIT = 2
    make_entry(), make_entry()
    start()
    with pytest.raises(QueueIsFull):
        start()


def test_a_refused_visitor_leaves_no_voter_behind():
    voter, _key = new_voter()
    with pytest.raises(NotEnoughEntries):
        start(voter)
    assert not type(voter).objects.exists()
    assert not LanguageModel.objects.exists()


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_parallel_starts_of_one_voter_leave_two_open_battles():
    make_entry(), make_entry()
    voter = make_voter()
    outcomes = in_parallel(12, lambda number: start(voter, seed=number))
    assert sum(isinstance(outcome, TooManyOpenBattles) for outcome in outcomes) == 10
    assert Battle.objects.count() == 2
