"""How fast entries write, measured on answers whose author is no secret any more."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from uuid import UUID

from arena.models import Answer, Slot

#: The newest answers are looked at, of one entry or of all, so that a page costs the same after a million.
MAX_ANSWERS_OF_ONE, MAX_ANSWERS = 200, 4000
_TIMES = ("claimed_at", "first_text_at", "finished_at")


@dataclass(frozen=True)
class Speed:
    """Medians of the newest answers; None where nothing was measured."""

    seconds_to_first_text: float | None
    tokens_a_second: float | None


def speed_of(sides: Mapping[UUID, Slot]) -> Speed:
    """Return the speed of the entry that sits on these sides of these battles, by their pks. Takes one query."""
    answers = Answer.objects.judged_and_timed().filter(turn__battle__in=list(sides)).select_related("turn")
    newest = answers.only("slot", "tokens", *_TIMES, "turn__battle").order_by("-pk")
    own = (answer for answer in newest if answer.slot == sides[answer.turn.battle_id])
    return _speed(list(islice(own, MAX_ANSWERS_OF_ONE)))


def speeds() -> dict[int, Speed]:
    """Return the speed of each entry among the newest answers of all, by its pk. Takes one query."""
    newest = Answer.objects.order_by("-pk").values("pk")[:MAX_ANSWERS]
    answers = Answer.objects.judged_and_timed().filter(pk__in=newest).select_related("turn__battle")
    sides = ("turn__battle__model_a", "turn__battle__model_b")
    timed: defaultdict[int | None, list[Answer]] = defaultdict(list)
    for answer in answers.only("slot", "tokens", *_TIMES, *sides):
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
