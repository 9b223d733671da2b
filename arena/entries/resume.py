"""Let an entry be drawn again."""

from arena.answers import breakers
from arena.models import LanguageModel
from arena.models.catalog import State


def resume_entry(entry: LanguageModel) -> bool:
    """True if the entry was paused or retired and is active now.

    A retired one too: its settings are those that its votes belong to, so it is still the same competitor.
    """
    breakers.forget(entry.pk)
    resting = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.ACTIVE)
    return bool(resting.update(state=State.ACTIVE))
