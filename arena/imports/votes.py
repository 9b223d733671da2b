"""The import of votes that were cast elsewhere, with their battles and texts, a batch at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from arena.formats.cells import MAX_NAME
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.formats.tables import bare_name
from arena.formats.votes.base import TurnTexts, VoteRecord
from arena.formats.votes.reading import VoteFile
from arena.imports.identity import Arrival, Identities
from arena.imports.known import newest
from arena.imports.store import Stored, rehearse, store_votes
from arena.models import ImportedSet, LanguageModel, Vote
from arena.models.catalog import EntryNames, folded

#: Rows, or characters of text, after which a batch ends: others write to SQLite between two batches.
BATCH_ROWS = 5_000
BATCH_CHARACTERS = 3_000_000

Texts = Mapping[UUID, Sequence[TurnTexts]]


@dataclass
class ImportedVotes:
    """The outcome of a file as far as it has been read.

    without_texts: votes whose texts could not be read; new_models: names that no entry had; note: of the format;
    columns: of the file by field, where an operator has named them for this file or an earlier one of its source.
    """

    source: str
    format: str
    new: int = 0
    known: int = 0
    rejected: int = 0
    without_texts: int = 0
    new_models: list[str] = field(default_factory=list)
    note: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def add(self, stored: Stored, on_rejected: Callable[[RefusedRow], object]) -> None:
        """Add the outcome of a batch."""
        self.new += stored.new
        self.known += stored.known
        self.reject(stored.rejected, on_rejected)
        # In a dry run each batch finds the same names missing again.
        known = set(map(folded, self.new_models))
        self.new_models += [name for name in stored.new_models if folded(name) not in known]

    def reject(self, rows: Sequence[RefusedRow], on_rejected: Callable[[RefusedRow], object]) -> None:
        """Count these rows as rejected, and tell each."""
        self.rejected += len(rows)
        for row in rows:
            on_rejected(row)

    @property
    def rows(self) -> int:
        return self.new + self.known + self.rejected


def import_votes(
    path: Path,
    *,
    source: str = "",
    format: str | None = None,
    mapping: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    with_texts: bool = True,
    is_dry_run: bool = False,
    now: datetime,
    on_progress: Callable[[ImportedVotes, float], object] = lambda so_far, share: None,
    on_rejected: Callable[[RefusedRow], object] = lambda row: None,
    on_texts: Callable[[Texts], object] = lambda texts: None,
) -> ImportedVotes:
    """Store the rows that can be used as votes for the next board, and return the outcome.

    source: the name under which they come; empty: the file's. mapping: the columns by plain.FIELDS, and words: what
    words for winners mean; both are remembered for the next file of the source. The same rows again change nothing.
    with_texts: store the conversations too. on_progress: gets the outcome so far, and the share of the file in [0, 1],
    after each batch. on_rejected: gets each row that cannot be used. on_texts: the texts of each batch that is stored.
    Raises MalformedFile; what came before the fault in the file stays.
    """
    source = (source or bare_name(path))[:MAX_NAME]
    said = {"columns": dict(mapping or {}), "words": dict(words or {})}
    said = said if any(said.values()) or format else _remembered(source)
    file = VoteFile(path, format, with_texts=with_texts, mapping=said.get("columns"), words=said.get("words"))
    done = ImportedVotes(source, file.format.name, note=file.format.note, columns=said.get("columns", {}))
    texts = with_texts if file.has_texts else None
    _refuse_another_way(path, done.source, texts)
    imported_set = None if is_dry_run else _set(done, texts, said, now)
    identities = Identities(done.source, old_sources=_old_sources(path, done.source))
    last = newest(Vote)
    for rows in _batches(file, done, on_rejected):
        batch = list(_between_two_entries(identities.arrivals(rows), done, on_rejected))
        if imported_set is None:
            stored = rehearse(batch, last_vote=last)
        else:
            stored = store_votes(batch, imported_set, last_vote=last, with_texts=with_texts, now=now)
        on_texts(stored.texts)
        done.add(stored, on_rejected)
        done.without_texts = file.without_texts
        on_progress(done, file.share)
    return done


def _refuse_another_way(path: Path, source: str, texts: bool | None) -> None:
    """Raise MalformedFile where votes of the source came with their texts and now would without, or the other way.

    texts: whether they are taken; None where the file has none. A vote is known by its texts too.
    """
    known = ImportedSet.objects.filter(name=source).values_list("with_texts", flat=True).first()
    if None not in (known, texts) and known != texts:
        came = "with their texts: leave out --votes-only" if known else "without their texts: add --votes-only"
        raise MalformedFile(path, None, f"votes of {source!r} came {came}, or name another --source")


def _set(done: ImportedVotes, texts: bool | None, said: dict[str, dict[str, str]], now: datetime) -> ImportedSet:
    values = {"format": done.format, "created": now, "with_texts": texts, "mapping": said}
    known, is_new = ImportedSet.objects.get_or_create(name=done.source, defaults=values)
    if not is_new:
        came = known.with_texts if texts is None else texts
        ImportedSet.objects.filter(pk=known.pk).update(with_texts=came, mapping=said)
    return known


def _remembered(source: str) -> dict[str, dict[str, str]]:
    """Return the mapping and the words of the set's last file."""
    return ImportedSet.objects.filter(name=source).values_list("mapping", flat=True).first() or {}


def _old_sources(path: Path, source: str) -> list[str]:
    """Return the sets under which an earlier version may have stored votes of this file, not by what they say."""
    names = {source, path.name.split(".")[0][:MAX_NAME]}
    return list(ImportedSet.objects.filter(name__in=names, is_by_content=False).values_list("name", flat=True))


def _batches(
    file: VoteFile, done: ImportedVotes, on_rejected: Callable[[RefusedRow], object]
) -> Iterator[list[tuple[int, VoteRecord]]]:
    batch: list[tuple[int, VoteRecord]] = []
    characters = 0
    for row in file.votes():
        if isinstance(row, RefusedRow):
            done.reject([row], on_rejected)
            continue
        batch.append(row)
        characters += _characters(row[1])
        if len(batch) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _between_two_entries(
    batch: list[Arrival], done: ImportedVotes, on_rejected: Callable[[RefusedRow], object]
) -> Iterator[Arrival]:
    """Yield the arrivals whose two names are of two different entries, or of new ones; reject the others."""
    names = LanguageModel.objects.by_any_name()
    for arrival in batch:
        if reason := _wrong_with_names(arrival.vote.model_a, arrival.vote.model_b, names):
            done.reject([RefusedRow(arrival.row, reason)], on_rejected)
        else:
            yield arrival


def _wrong_with_names(model_a: str, model_b: str, names: EntryNames) -> str:
    """Return why these two names make no vote here; empty where they do."""
    for name in (model_a, model_b):
        if names.is_ambiguous(name):
            return f"{name!r} is a name of more than one entry here: write the slug of one of them"
    a, b = names.get(model_a), names.get(model_b)
    # A name that no entry has becomes a new entry, and two spellings of one name become the same.
    is_same = folded(model_a) == folded(model_b) if a is None else a == b
    return f"{model_a!r} and {model_b!r} are the same entry here" if is_same else ""


def _characters(vote: VoteRecord) -> int:
    return sum(len(turn.user_text) + len(turn.answer_a) + len(turn.answer_b) for turn in vote.turns)
