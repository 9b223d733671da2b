"""Take an entry out of the draw, for a while or for good, and let it be drawn again.

An operator pauses, resumes and retires. What cannot answer as it is becomes `broken` by itself, with a sentence that
says why, and comes back when it works.
"""

import logging
from collections.abc import Callable, Mapping, Sequence

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.utils import timezone

from arena import queues
from arena.answers import breakers
from arena.answers.probe import probe_entry
from arena.answers.recover import give_up_waiting_answers
from arena.backends.base import Rejected
from arena.models import LanguageModel
from arena.models.catalog import State

#: Of a reason that someone else's code wrote, which may print a page.
LONGEST_REASON = 500

logger = logging.getLogger(__name__)


def pause_entry(entry: LanguageModel) -> bool:
    """Pause an active entry, and return whether it was one. A retired one stays retired: it is not drawn anyway.

    It works at the next draw; battles that the entry is in already go on.
    """
    active = LanguageModel.objects.filter(pk=entry.pk, state=State.ACTIVE)
    return bool(active.update(state=State.PAUSED))


def resume_entry(entry: LanguageModel) -> bool:
    """Make a paused, broken or retired entry active, and return whether it was one of these.

    A retired one too: its settings are those that its votes belong to, so it is still the same competitor.
    """
    breakers.forget(entry.pk)
    resting = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.ACTIVE)
    return bool(resting.update(state=State.ACTIVE, broken_because="", state_before=""))


def retire_entry(entry: LanguageModel) -> bool:
    """Retire an entry, and return whether it was not retired yet. Its battles, votes and rating stay."""
    not_retired = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.RETIRED)
    return bool(not_retired.update(state=State.RETIRED, broken_because="", state_before=""))


def break_entries(entries: "QuerySet[LanguageModel]", reason: str) -> list[LanguageModel]:
    """Mark those of the entries that are not retired as broken, and return them. Their waiting answers fail at once.

    reason: what is wrong, for the operator; what it has beyond a sentence's length is cut.
    """
    broken, sentence = list(entries.exclude(state=State.RETIRED)), " ".join(reason.split())[:LONGEST_REASON]
    pks = [entry.pk for entry in broken]
    before = Case(When(state=State.BROKEN, then=F("state_before")), default=F("state"), output_field=CharField())
    rows = LanguageModel.objects.filter(pk__in=pks)
    rows.update(state_before=before, state=State.BROKEN, broken_because=sentence)
    for entry in broken:
        logger.error("%s is broken: %s", entry.slug, sentence)
    give_up_waiting_answers(pks, now=timezone.now())
    return broken


def break_unserved_entries(
    entries: "QuerySet[LanguageModel]",
    reason: str,
    *,
    served: Callable[[], Mapping[str, Sequence[str]]] = queues.served,
) -> list[LanguageModel]:
    """Break those of the entries whose weights no worker serves: another machine may have what this one lacks."""
    try:
        nodes = served()
    except queues.QueueUnavailable:
        nodes = {}
    weights = set(entries.order_by().values_list("weights", flat=True))
    return break_entries(entries.filter(weights__in=[w for w in weights if queues.host_queue(w) not in nodes]), reason)


def examine_entry(entry_id: int) -> None:
    """Probe the entry; where its server rejects a prompt of ours too, its settings are wrong: it is broken."""
    if isinstance(error := probe_entry(entry_id), Rejected):
        break_entries(LanguageModel.objects.filter(pk=entry_id), str(error))


def mend_entries(entries: "QuerySet[LanguageModel]") -> list[LanguageModel]:
    """Give those of the entries that are broken their state from before, and return them: they work, or may again."""
    mended = list(entries.filter(state=State.BROKEN))
    before = Case(When(state_before=State.PAUSED, then=Value(State.PAUSED)), default=Value(State.ACTIVE))
    for entry in mended:
        breakers.forget(entry.pk)
    rows = LanguageModel.objects.filter(pk__in=[entry.pk for entry in mended], state=State.BROKEN)
    rows.update(state=before, broken_because="", state_before="")
    return mended
