import random

import pytest
from django.utils import timezone

from arena.battles.start import start_battle
from arena.entries.states import pause_entry, resume_entry, retire_entry
from arena.models.catalog import State
from tests.factories import make_battle, make_entry, make_voter, write_answers

pytestmark = pytest.mark.django_db


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


def test_a_battle_of_a_paused_entry_is_finished():
    zebra = make_entry("ZEBRA-7")
    battle = make_battle(zebra, make_entry(), is_answered=False)
    pause_entry(zebra)
    assert {answer.state for turn in write_answers(battle).turns.all() for answer in turn.answers.all()} == {"done"}
