"""Take in votes that were cast elsewhere: battles, votes and what they were about, a batch at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.formats.cells import MAX_NAME
from arena.formats.refusals import RefusedRow
from arena.formats.votes.base import VoteRecord
from arena.formats.votes.reading import VoteFile
from arena.imports.store import Arrival, arrival, known_among, new_names, store_votes
from arena.models import ImportedSet, LanguageModel
from arena.models.catalog import EntryNames, folded

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
    rejected: int = 0
    new_models: list[str] = field(default_factory=list)

    def add_new_models(self, names: Iterable[str]) -> None:
        """Remember the names that are new here; in a dry run each batch meets the same ones again."""
        known = set(map(folded, self.new_models))
        self.new_models += [name for name in names if folded(name) not in known]

    @property
    def rows(self) -> int:
        return self.new + self.known + self.rejected


def import_votes(
    path: Path,
    *,
    source: str = "",
    format: str | None = None,
    with_texts: bool = True,
    is_dry_run: bool = False,
    now: datetime,
    on_progress: Callable[[Imported, float], object] = lambda so_far, share: None,
    on_rejected: Callable[[RefusedRow], object] = lambda row: None,
) -> Imported:
    """Rows that can be used become votes for the next board, the others are told to on_rejected.

    source: the name under which they come; empty: the file's. The same rows again change nothing. with_texts: keep the
    conversations too. on_progress: told what was done, and the share of the file in [0, 1], after each batch.
    Raises MalformedFile; what came before the fault in the file stays.
    """
    file = VoteFile(path, format)
    done = Imported((source or path.name.split(".")[0])[:MAX_NAME], file.format.name)
    taken_from = None if is_dry_run else _source(done, now)
    for read in _batches(file, done, on_rejected):
        batch = list(_between_two_entries(read, done, on_rejected))
        if taken_from is None:
            new, names = _rehearsed(batch)
        else:
            stored = store_votes(batch, taken_from, with_texts=with_texts, now=now)
            new, names = stored.new, stored.new_models
        done.new += new
        done.known += len(batch) - new
        done.add_new_models(names)
        on_progress(done, file.share)
    return done


def _source(done: Imported, now: datetime) -> ImportedSet:
    known, _ = ImportedSet.objects.get_or_create(name=done.source, defaults={"format": done.format, "created": now})
    return known


def _batches(file: VoteFile, done: Imported, on_rejected: Callable[[RefusedRow], object]) -> Iterator[list[Arrival]]:
    batch: list[Arrival] = []
    characters = 0
    for row in file.votes():
        if isinstance(row, RefusedRow):
            done.rejected += 1
            on_rejected(row)
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
    batch: list[Arrival], done: Imported, on_rejected: Callable[[RefusedRow], object]
) -> Iterator[Arrival]:
    """Yield the arrivals whose two names are of two different entries, or of new ones; reject the others."""
    names = LanguageModel.objects.by_any_name()
    for it in batch:
        if reason := _wrong_with_names(it.vote.model_a, it.vote.model_b, names):
            done.rejected += 1
            on_rejected(RefusedRow(it.row, reason))
        else:
            yield it


def _wrong_with_names(model_a: str, model_b: str, names: EntryNames) -> str:
    for name in (model_a, model_b):
        if names.is_ambiguous(name):
            return f"{name!r} is a name of more than one entry here: write the slug of one of them"
    a, b = names.get(model_a), names.get(model_b)
    is_one = a == b if a is not None else folded(model_a) == folded(model_b)
    return f"{model_a!r} and {model_b!r} are the same entry here" if is_one else ""


def _characters(vote: VoteRecord) -> int:
    return sum(len(turn.user_text) + len(turn.answer_a) + len(turn.answer_b) for turn in vote.turns)


def _rehearsed(batch: list[Arrival]) -> tuple[int, tuple[str, ...]]:
    """How many would be new, and which models."""
    ids = {it.battle_id for it in batch}
    names = new_names(batch, LanguageModel.objects.by_any_name())
    return len(ids - known_among(batch)), names
