"""What a backend is asked for one side of a battle."""

import random
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from arena.answers.conversation import NOTHING_SAID, request_for
from arena.battles.continue_battle import continue_battle
from arena.models import Answer, Battle
from tests.factories import make_battle

pytestmark = pytest.mark.django_db
MIDNIGHT = timezone.make_aware(datetime(2026, 2, 4))


def test_all_prompts_of_a_battle_are_of_the_day_on_which_it_began():
    battle = make_battle(now=MIDNIGHT - timedelta(seconds=1))
    continue_battle(battle, "And then?", rng=random.Random(1), now=MIDNIGHT + timedelta(hours=1))
    days = [request_for(answer).day for answer in Answer.objects.filter(turn__battle=battle)]
    assert days == [date(2026, 2, 3)] * 4


def test_a_model_for_which_a_filter_declined_is_told_that_it_said_nothing():
    battle = make_battle()
    Answer.objects.filter(turn__battle=battle, slot="a").update(text="", finish_reason="declined")
    continue_battle(Battle.objects.with_rows().get(), "And then?", rng=random.Random(1), now=timezone.now())
    asked = request_for(Answer.objects.get(turn__number=2, slot="a"))
    assert [message.content for message in asked.messages] == ["Why is the sky blue?", NOTHING_SAID, "And then?"]
