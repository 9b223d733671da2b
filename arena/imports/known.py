"""Which votes of a file are stored already. A vote is known only where the stored one says the same."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.db.models import Model

from arena.formats.refusals import RefusedRow
from arena.formats.votes.base import VoteRecord
from arena.imports.identity import Arrival
from arena.models import Battle, ImportedSet, LanguageModel
from arena.models.catalog import EntryNames

#: The judges of an arena's exports: pseudonyms that are made anew each time, and so are nobody who could be compared.
_PSEUDONYM = re.compile("(arena_user_)?[0-9a-f]{16}")
#: Formats that write a time as a number of seconds round it.
_SAME_TIME = timedelta(milliseconds=1)


@dataclass
class Sorted:
    """A batch after a look at what is stored: the new votes, each with the id of its battle, and the others."""

    new: list[tuple[UUID, Arrival]] = field(default_factory=list)
    known: int = 0
    rejected: list[RefusedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _StoredVote:
    """A stored battle, and its vote if it has one."""

    model_a: int
    model_b: int | None
    voter: UUID
    imported_from: str | None
    vote: int | None
    choice: str | None
    score: float | None
    cast_at: datetime | None


def sort_out(arrivals: Sequence[Arrival], *, last_vote: int) -> Sorted:
    """Return which of these votes are new, how many are known, and those that contradict the vote under their own id.

    last_vote: pk of the newest vote that was stored before the file was begun.
    """
    known = set(Battle.objects.filter(pk__in=[arrival.id for arrival in arrivals]).values_list("pk", flat=True))
    stored = _stored_under(chain.from_iterable(_other_ids(arrival) for arrival in arrivals))
    names, found = LanguageModel.objects.by_any_name(), Sorted()
    for arrival in arrivals:
        if arrival.is_repeat:
            found.rejected.append(RefusedRow(arrival.row, "an earlier row has its id and says the same"))
        elif arrival.id in known or _is_stored(arrival, stored, names, last_vote):
            found.known += 1
        elif reason := _contradiction(arrival, stored, names):
            found.rejected.append(RefusedRow(arrival.row, reason))
        else:
            is_free = arrival.is_first and arrival.own_id not in stored
            found.new.append((arrival.own_id if is_free and arrival.own_id else arrival.id, arrival))
    return found


def newest(model: type[Model]) -> int:
    """Return the pk of the newest row, 0 where there is none. What is stored from now on has a larger one."""
    return model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0


def _other_ids(arrival: Arrival) -> Iterable[UUID]:
    return (*arrival.old_ids, arrival.own_id) if arrival.own_id else arrival.old_ids


def _stored_under(ids: Iterable[UUID]) -> dict[UUID, _StoredVote]:
    battle = ("pk", "model_a", "model_b", "voter", "imported_from__name")
    vote = ("vote", "vote__choice", "vote__score", "vote__cast_at")
    rows = Battle.objects.filter(pk__in=set(ids)).values_list(*battle, *vote)
    return {pk: _StoredVote(*facts) for pk, *facts in rows}


def _is_stored(arrival: Arrival, stored: dict[UUID, _StoredVote], names: EntryNames, last_vote: int) -> bool:
    """Tell whether one of the arrival's other ids has the same vote.

    Where rows share an id, only what was there before the file can be the same: its first row has just taken the id.
    """
    for id in _other_ids(arrival):
        found = stored.get(id)
        if found is None or found.vote is None or (found.vote > last_vote and not arrival.is_first):
            continue
        if _is_on(arrival.vote, found, names) and _is_by(arrival.vote, found) and _says(arrival.vote, found):
            return True
    return False


def _contradiction(arrival: Arrival, stored: dict[UUID, _StoredVote], names: EntryNames) -> str:
    """Return how the vote of the arrival differs from the one that is stored under its own id; "" where it may come.

    Another pair, or somebody else's vote, is another vote: many files call a prompt by that id.
    """
    found = stored.get(arrival.own_id) if arrival.own_id and arrival.is_first else None
    if found is None or not _is_on(arrival.vote, found, names) or not _is_by(arrival.vote, found):
        return ""
    if found.choice != arrival.vote.choice:
        return f"battle {arrival.own_id} is stored with {found.choice or 'no vote'}, not {arrival.vote.choice}"
    if found.score != arrival.vote.score:
        return f"battle {arrival.own_id} is stored with the score {found.score}, not {arrival.vote.score}"
    return f"the vote on battle {arrival.own_id} is stored as cast at {found.cast_at}, not {arrival.vote.cast_at}"


def _is_on(vote: VoteRecord, found: _StoredVote, names: EntryNames) -> bool:
    return (names.get(vote.model_a), names.get(vote.model_b)) == (found.model_a, found.model_b)


def _is_by(vote: VoteRecord, found: _StoredVote) -> bool:
    """Tell whether the same person may have cast both, as far as the file says who."""
    if not vote.judge or _PSEUDONYM.fullmatch(vote.judge):
        return True
    return found.imported_from is not None and ImportedSet(name=found.imported_from).voter_id(vote.judge) == found.voter


def _says(vote: VoteRecord, found: _StoredVote) -> bool:
    if (vote.choice, vote.score) != (found.choice, found.score):
        return False
    return vote.cast_at is None or found.cast_at is None or abs(vote.cast_at - found.cast_at) <= _SAME_TIME
