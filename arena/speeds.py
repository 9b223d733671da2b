"""How fast entries write, by answers whose writer is no secret any more."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from django.db.models import Q

from arena.models import Answer, LanguageModel, Slot

#: The newest answers are looked at, of one entry or of all, so that a page costs the same after a million.
MOST_OF_ONE, MOST_OF_ALL = 200, 4000


@dataclass(frozen=True)
class Speed:
    """Medians of the newest answers; None where nothing was measured."""

    seconds_to_first_text: float | None
    tokens_a_second: float | None


def speed_of(entry: LanguageModel) -> Speed:
    """In one query."""
    sides = Q(slot=Slot.A, turn__battle__model_a=entry) | Q(slot=Slot.B, turn__battle__model_b=entry)
    return _speed(list(Answer.objects.judged_and_timed().filter(sides).order_by("-pk")[:MOST_OF_ONE]))


def speeds() -> dict[int, Speed]:
    """Of each entry among the newest answers of all, by its pk. In one query."""
    newest = Answer.objects.order_by("-pk").values("pk")[:MOST_OF_ALL]
    answers = Answer.objects.judged_and_timed().filter(pk__in=newest).select_related("turn__battle")
    times, sides = ("claimed_at", "first_text_at", "finished_at"), ("turn__battle__model_a", "turn__battle__model_b")
    timed: defaultdict[int | None, list[Answer]] = defaultdict(list)
    for answer in answers.only("slot", "tokens", *times, *sides):
        battle = answer.turn.battle
        timed[battle.model_a_id if answer.slot == Slot.A else battle.model_b_id].append(answer)
    return {id: _speed(of_entry) for id, of_entry in timed.items() if id is not None}


def _speed(answers: Sequence[Answer]) -> Speed:
    waits = [
        (answer.first_text_at - answer.claimed_at).total_seconds()
        for answer in answers
        if answer.claimed_at and answer.first_text_at
    ]
    rates = [rate for answer in answers if (rate := answer.tokens_a_second)]
    return Speed(median(waits) if waits else None, median(rates) if rates else None)
