"""Take an entry out of the draw, for a while or for good, and let it be drawn again."""

from arena.answers import breakers
from arena.models import LanguageModel
from arena.models.catalog import State


def pause_entry(entry: LanguageModel) -> bool:
    """Pause an active entry, and return whether it was one. A retired one stays retired: it is not drawn anyway.

    It works at the next draw; battles that the entry is in already go on.
    """
    active = LanguageModel.objects.filter(pk=entry.pk, state=State.ACTIVE)
    return bool(active.update(state=State.PAUSED))


def resume_entry(entry: LanguageModel) -> bool:
    """Make a paused or retired entry active, and return whether it was one of these.

    A retired one too: its settings are those that its votes belong to, so it is still the same competitor.
    """
    breakers.forget(entry.pk)
    resting = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.ACTIVE)
    return bool(resting.update(state=State.ACTIVE))


def retire_entry(entry: LanguageModel) -> bool:
    """Retire an entry, and return whether it was not retired yet. Its battles, votes and rating stay."""
    not_retired = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.RETIRED)
    return bool(not_retired.update(state=State.RETIRED))
