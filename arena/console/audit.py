"""What the audit log's page shows and takes out: lines that a filter finds, the newest first."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena.formats.cells import plain_cells
from arena.models import AuditEntry
from arena.models.audit import Action

_ACTIONS = dict(Action.choices)
_COLUMNS = ("at", "actor", "role", "action", "subject", "details")


class AuditFilter(forms.Form):
    """Which lines to list. An empty form means all of them."""

    action = forms.ChoiceField(choices=[("", _("all")), *Action.choices], required=False)
    actor = forms.CharField(max_length=150, required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def entries(self) -> "QuerySet[AuditEntry]":
        """Return the lines that the form finds; all of them where it is not valid. Its last day is part of it."""
        found = AuditEntry.objects.order_by("-pk")
        said = self.cleaned_data if self.is_valid() else {}
        if said.get("action"):
            found = found.filter(action=said["action"])
        if said.get("actor"):
            found = found.filter(actor=said["actor"])
        if said.get("since"):
            found = found.filter(at__gte=_start_of(said["since"]))
        if said.get("until"):
            found = found.filter(at__lt=_start_of(said["until"] + timedelta(days=1)))
        return found


@dataclass(frozen=True)
class AuditRow:
    """A line as the page shows it."""

    entry: AuditEntry

    @property
    def action(self) -> str:
        return str(_ACTIONS.get(self.entry.action, self.entry.action))

    @property
    def details(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self.entry.details.items() if value not in ("", None))


def as_csv(entries: "QuerySet[AuditEntry]") -> Iterator[str]:
    """Yield the lines of a table, with times in UTC; no cell runs as a formula."""
    writer = csv.writer(_Passed())
    yield writer.writerow(_COLUMNS)
    for entry in entries.iterator(chunk_size=1000):
        row = AuditRow(entry)
        cells = (entry.at.isoformat(), entry.actor, entry.role, entry.action, entry.subject, row.details)
        yield writer.writerow(plain_cells(cells))


class _Passed:
    """A file that gives back what is written into it."""

    def write(self, line: str) -> str:
        return line


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
