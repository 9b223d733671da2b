"""How fast entries answer: of the newest answers that were voted on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from arena.models import Answer, Slot
from arena.models.battles import AnswerState

#: Of the newest answers so many are looked at, so that a page costs the same after a million.
MOST_ANSWERS = 4000


@dataclass(frozen=True)
class Speed:
    """Medians; None where nothing was measured."""

    seconds_to_first_text: float | None
    tokens_a_second: float | None


def speeds() -> dict[int, Speed]:
    """By the entry's pk. In one query."""
    measured: defaultdict[int, list[Answer]] = defaultdict(list)
    for answer in _newest_judged_answers():
        battle = answer.turn.battle
        entry = battle.model_a_id if answer.slot == Slot.A else battle.model_b_id
        if entry is not None:
            measured[entry].append(answer)
    return {entry: _speed(answers) for entry, answers in measured.items()}


def _newest_judged_answers() -> Sequence[Answer]:
    # Before the vote a new model's speed would tell who answers in its first battle.
    newest = Answer.objects.order_by("-pk").values("pk")[:MOST_ANSWERS]
    judged = Answer.objects.filter(pk__in=newest, turn__battle__vote__isnull=False)
    done = judged.filter(state=AnswerState.DONE, first_text_at__isnull=False)
    fields = ("slot", "tokens", "claimed_at", "first_text_at", "finished_at")
    sides = ("turn__battle__model_a", "turn__battle__model_b")
    return list(done.select_related("turn__battle").only(*fields, *sides))


def _speed(answers: Sequence[Answer]) -> Speed:
    waits = [(it.first_text_at - it.claimed_at).total_seconds() for it in answers if it.first_text_at and it.claimed_at]
    rates = [it.tokens_a_second for it in answers if it.tokens_a_second is not None]
    return Speed(median(waits) if waits else None, median(rates) if rates else None)
