"""The entries as an operator sees them: those that need somebody first, what only came with an import folded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings

from arena.answers import breakers
from arena.entries.own_file import is_made_on_a_page
from arena.entries.states import pause_entry, resume_entry, retire_entry
from arena.models import LanguageModel, RatingSnapshot
from arena.models.catalog import Kind, State

#: What each verb calls, and the states that it is offered in.
CHANGES: dict[str, tuple[Callable[[LanguageModel], bool], tuple[State, ...]]] = {
    "pause": (pause_entry, (State.ACTIVE,)),
    "resume": (resume_entry, (State.PAUSED, State.BROKEN, State.RETIRED)),
    "retire": (retire_entry, (State.ACTIVE, State.PAUSED, State.BROKEN)),
}
_FIRST = (State.BROKEN, State.ACTIVE, State.PAUSED)


@dataclass(frozen=True)
class EntryRow:
    """An entry, its votes on the newest board, and whether it rests because it kept failing."""

    entry: LanguageModel
    votes: float
    is_resting: bool

    @property
    def is_folded(self) -> bool:
        """Tell whether it answers nothing: it came with votes, or is retired."""
        return self.entry.kind == Kind.IMPORTED or self.entry.state not in _FIRST

    @property
    def changes(self) -> list[str]:
        """Return what can be done with its state; nothing where it only has imported votes."""
        if self.entry.kind == Kind.IMPORTED:
            return []
        return [verb for verb, (_change, states) in CHANGES.items() if self.entry.state in states]

    @property
    def may_be_tested(self) -> bool:
        return self.entry.kind not in (Kind.IMPORTED, Kind.RECORDED)

    @property
    def may_be_edited(self) -> bool:
        """Tell whether a page wrote its file: others are changed in theirs, which every start reads."""
        return is_made_on_a_page(self.entry.slug, settings.VAR / "catalog")


def rows_of(entries: Sequence[LanguageModel]) -> list[EntryRow]:
    """Return a row for each entry: the broken, the active, the paused, and then the others."""
    votes, resting = RatingSnapshot.objects.newest_votes(), breakers.resting([entry.pk for entry in entries])
    rows = [EntryRow(e, votes.get(e.pk, 0), e.pk in resting and e.state == State.ACTIVE) for e in entries]
    return sorted(rows, key=lambda row: (_place(row), row.entry.display_name.casefold()))


def _place(row: EntryRow) -> int:
    return len(_FIRST) if row.is_folded else _FIRST.index(State(row.entry.state))
