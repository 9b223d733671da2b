import random

import pytest
from django.utils import timezone

from arena.battles.start import start_battle
from arena.entries.states import (
    break_entries,
    break_unserved_entries,
    mend_entries,
    pause_entry,
    resume_entry,
    retire_entry,
)
from arena.models import LanguageModel
from arena.models.catalog import State
from tests.factories import make_battle, make_entry, make_voter, write_answers

pytestmark = pytest.mark.django_db


def entries(slug):
    return LanguageModel.objects.filter(slug=slug)


def drawn(times=12):
    """Slugs of all that are drawn."""
    battles = [
        start_battle(make_voter(), "Hello", rng=random.Random(seed), now=timezone.now()) for seed in range(times)
    ]
    return {entry.slug for battle in battles for entry in (battle.model_a, battle.model_b)}


@pytest.mark.parametrize("change", [pause_entry, retire_entry])
def test_the_next_draw_is_without_it_and_after_resuming_with_it_again(change, settings):
    settings.QUEUE_LIMIT = 1000
    make_entry("OKAPI-9"), make_entry("TAPIR-3")
    zebra = make_entry("ZEBRA-7")
    assert "zebra-7" in drawn()
    change(zebra)
    assert drawn() == {"okapi-9", "tapir-3"}
    resume_entry(zebra)
    assert "zebra-7" in drawn()


@pytest.mark.parametrize(
    ("change", "before", "after", "is_change"),
    [
        (pause_entry, State.ACTIVE, State.PAUSED, True),
        (pause_entry, State.PAUSED, State.PAUSED, False),
        (pause_entry, State.RETIRED, State.RETIRED, False),
        (resume_entry, State.ACTIVE, State.ACTIVE, False),
        (resume_entry, State.PAUSED, State.ACTIVE, True),
        (resume_entry, State.RETIRED, State.ACTIVE, True),
        (resume_entry, State.BROKEN, State.ACTIVE, True),
        (pause_entry, State.BROKEN, State.BROKEN, False),
        (retire_entry, State.BROKEN, State.RETIRED, True),
        (retire_entry, State.ACTIVE, State.RETIRED, True),
        (retire_entry, State.PAUSED, State.RETIRED, True),
        (retire_entry, State.RETIRED, State.RETIRED, False),
    ],
)
def test_a_verb_says_whether_it_changed_the_state(change, before, after, is_change):
    entry = make_entry(state=before)
    assert change(entry) is is_change
    entry.refresh_from_db()
    assert entry.state == after


def test_a_broken_entry_is_neither_drawn_nor_offered_for_a_chat():
    make_entry("OKAPI-9"), make_entry("TAPIR-3")
    break_entries(entries(make_entry("ZEBRA-7").slug), "no weights")
    assert drawn(times=6) == {"okapi-9", "tapir-3"}
    assert "zebra-7" not in {entry.slug for entry in LanguageModel.objects.live()}


@pytest.mark.parametrize(
    ("before", "after"),
    [("active", "active"), ("paused", "paused"), ("retired", "retired")],
)
def test_an_entry_that_works_again_is_what_it_was(before, after):
    entry = make_entry(state=before)
    for reason in ("no\nweights  in here", "x" * 1000):
        break_entries(entries(entry.slug), reason)
    entry.refresh_from_db()
    assert (entry.state, len(entry.broken_because)) == (("retired", 0) if before == "retired" else ("broken", 500))
    mend_entries(entries(entry.slug))
    entry.refresh_from_db()
    assert (entry.state, entry.broken_because, entry.state_before) == (after, "", "")


def test_why_an_entry_is_broken_is_one_line_for_the_log_and_the_operator(caplog):
    broken = make_entry("ZEBRA-7")
    assert break_entries(entries("zebra-7"), "no\nweights  in here") == [broken]
    broken.refresh_from_db()
    assert broken.broken_because == "no weights in here"
    assert caplog.messages == ["zebra-7 is broken: no weights in here"]


def test_an_entry_whose_weights_another_machine_serves_stays_as_it_is():
    served, alone = make_entry("ZEBRA-7", weights="here"), make_entry("TAPIR-3", weights="nowhere")
    both = LanguageModel.objects.exclude(weights="")
    nodes = {"host.here": ["host.here@other"]}
    assert break_unserved_entries(both, "no weights", served=lambda: nodes) == [alone]
    served.refresh_from_db()
    assert served.state == "active"


def test_a_battle_of_a_paused_entry_is_finished():
    zebra = make_entry("ZEBRA-7")
    battle = make_battle(zebra, make_entry(), is_answered=False)
    pause_entry(zebra)
    assert {answer.state for turn in write_answers(battle).turns.all() for answer in turn.answers.all()} == {"done"}
