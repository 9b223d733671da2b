"""Take an entry out of the draw for a while."""

from arena.models import LanguageModel
from arena.models.catalog import State


def pause_entry(entry: LanguageModel) -> bool:
    """True if the entry was active and is paused now. A retired one stays retired: it is out of the draw already.

    It works at the next draw; battles that it is in already go on.
    """
    active = LanguageModel.objects.filter(pk=entry.pk, state=State.ACTIVE)
    return bool(active.update(state=State.PAUSED))
