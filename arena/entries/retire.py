"""Take an entry out of the draw for good."""

from arena.models import LanguageModel
from arena.models.catalog import State


def retire_entry(entry: LanguageModel) -> bool:
    """True if the entry is retired now and was not before. Its battles, votes and rating stay."""
    drawn = LanguageModel.objects.filter(pk=entry.pk).exclude(state=State.RETIRED)
    return bool(drawn.update(state=State.RETIRED))
