"""Merges: the facts that two entries are one model, and which battles were moved by that."""

from django.db import models

from arena.models.answers import Slot
from arena.models.append_only import AppendOnly
from arena.models.battles import Battle
from arena.models.catalog import LanguageModel


class EntryMerge(AppendOnly):
    """A decision that an entry is the same model as another, or that it is not: then `into` is empty.

    The newest of an entry holds.
    """

    entry = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="merges")
    into = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, null=True, related_name="merged")
    state_before = models.CharField(max_length=20, help_text="Of the entry, which is retired by it")
    aliases = models.JSONField(default=dict, help_text="Names that the other got; by each the slug that had it, if any")
    by = models.CharField(max_length=100)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.entry_id} into {self.into_id}"


class MergedSide(models.Model):
    """A battle in which a merge put one entry in the place of the other. An undone merge has none."""

    merge = models.ForeignKey(EntryMerge, on_delete=models.CASCADE, related_name="sides")
    battle = models.ForeignKey(Battle, on_delete=models.CASCADE, related_name="+")
    slot = models.CharField(max_length=1, choices=Slot)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["battle", "slot"], name="merged_once")]

    def __str__(self) -> str:
        return f"{self.battle_id} {self.slot}"
