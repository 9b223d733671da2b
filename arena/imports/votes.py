"""Take in votes that were cast elsewhere: battles, votes and what they were about, a batch at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.formats.names import MAX_NAME
from arena.formats.refusals import RefusedRow
from arena.formats.votes.base import VoteRecord
from arena.formats.votes.reading import VoteFile
from arena.imports.store import Arrival, arrival, entries_by_name, known_among, store_votes
from arena.models import ImportedSet

#: Rows, or characters of text, after which a batch ends: others write to SQLite between two batches.
BATCH_ROWS = 5_000
BATCH_CHARACTERS = 8_000_000


@dataclass
class Imported:
    """What has been read of a file. new_models: names that no entry had."""

    source: str
    format: str
    new: int = 0
    known: int = 0
    set_aside: int = 0
    new_models: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return self.new + self.known + self.set_aside


def import_votes(
    path: Path,
    *,
    source: str = "",
    format: str | None = None,
    with_texts: bool = True,
    is_dry_run: bool = False,
    now: datetime,
    on_progress: Callable[[Imported, float], object] = lambda so_far, share: None,
    on_set_aside: Callable[[RefusedRow], object] = lambda row: None,
) -> Imported:
    """Rows that can be used become votes for the next board, the others are told to on_set_aside.

    source: the name under which they come; empty: the file's. The same rows again change nothing. with_texts: keep the
    conversations too. on_progress: told what was done, and the share of the file in [0, 1], after each batch.
    Raises MalformedFile; what came before the fault in the file stays.
    """
    file = VoteFile(path, format)
    done = Imported((source or path.name.split(".")[0])[:MAX_NAME], file.format.name)
    taken_from = None if is_dry_run else _source(done, now)
    for read in _batches(file, done, on_set_aside):
        batch = list(_between_two_entries(read, done, on_set_aside))
        if taken_from is None:
            new, names = _rehearsed(batch)
        else:
            stored = store_votes(batch, taken_from, with_texts=with_texts, now=now)
            new, names = stored.new, stored.new_models
        done.new += new
        done.known += len(batch) - new
        done.new_models += [name for name in names if name not in done.new_models]
        on_progress(done, file.share)
    return done


def _source(done: Imported, now: datetime) -> ImportedSet:
    known, _ = ImportedSet.objects.get_or_create(name=done.source, defaults={"format": done.format, "created": now})
    return known


def _batches(file: VoteFile, done: Imported, on_set_aside: Callable[[RefusedRow], object]) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    characters = 0
    for row in file.votes():
        if isinstance(row, RefusedRow):
            done.set_aside += 1
            on_set_aside(row)
            continue
        number, vote = row
        batch.append(arrival(vote, source=done.source, row=number))
        characters += _characters(vote)
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _between_two_entries(
    batch: list[Arrival], done: Imported, on_set_aside: Callable[[RefusedRow], object]
) -> Iterator[Arrival]:
    """Without those whose two names are the slug and the shown name of one entry."""
    entries = entries_by_name()
    for it in batch:
        if entries.get(it.vote.model_a) == entries.get(it.vote.model_b) is not None:
            done.set_aside += 1
            on_set_aside(RefusedRow(it.row, f"{it.vote.model_a!r} and {it.vote.model_b!r} are the same entry here"))
        else:
            yield it


def _characters(vote: VoteRecord) -> int:
    return sum(len(turn.user_text) + len(turn.answer_a) + len(turn.answer_b) for turn in vote.turns)


def _rehearsed(batch: list[Arrival]) -> tuple[int, tuple[str, ...]]:
    """How many would be new, and which models."""
    names = dict.fromkeys(name for it in batch for name in (it.vote.model_a, it.vote.model_b))
    ids = {it.battle_id for it in batch}
    entries = entries_by_name()
    return len(ids - known_among(batch)), tuple(name for name in names if name not in entries)
