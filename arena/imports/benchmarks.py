"""The import of benchmark scores that others measured: all of a file that can be used, in one transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from arena.entries.aliases import store_aliases
from arena.formats.benchmarks.base import Score, ScoredModel
from arena.formats.benchmarks.means import means
from arena.formats.benchmarks.plain import mapped
from arena.formats.benchmarks.reading import BenchmarkFile
from arena.formats.refusals import RefusedRow
from arena.formats.tables import bare_name
from arena.models import BenchmarkScore, BenchmarkSource, LanguageModel

BATCH = 500
#: Scores by the entry's pk and the benchmark.
Scores = dict[tuple[int, str], Score]


class UnknownBenchmark(ValueError):
    """A benchmark that the file does not have."""


@dataclass
class ImportedBenchmarks:
    """The outcome of one file.

    new, replaced: scores; rejected: rows. skipped: the file's names that are no entry's, or more than one's.
    """

    source: str
    format: str
    new: int = 0
    replaced: int = 0
    rejected: int = 0
    skipped: list[str] = field(default_factory=list)


def import_benchmarks(
    path: Path,
    *,
    name: str = "",
    licence: str = "",
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    only: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
    is_dry_run: bool = False,
    now: datetime,
    on_progress: Callable[[int, float], object] = lambda rows, share: None,
    on_rejected: Callable[[RefusedRow], object] = lambda row: None,
) -> ImportedBenchmarks:
    """Store the file's scores, in place of those that the entries had from the same source, and return the outcome.

    name: of the source; empty: the file's own. columns: see plain.mapped; they are remembered for the next file of the
    source. only: benchmarks to take; empty: all. aliases: slugs by the names that the file has for them, which are
    stored. on_progress: gets the rows read, and the share of the file in [0, 1].
    Raises MalformedFile, UnknownBenchmark and UnknownEntry; then nothing is stored.
    """
    columns = dict(columns or ({} if format else _remembered(name or bare_name(path))))
    file = BenchmarkFile(path, mapped(columns) if columns else format)
    done = ImportedBenchmarks((name or file.source)[:100], file.format.name)

    def rejected(row: RefusedRow) -> None:
        done.rejected += 1
        on_rejected(row)

    models = list(_usable(file, on_progress, rejected))
    models = _chosen(means(models) if file.format.is_averaged else models, only)
    with transaction.atomic():
        store_aliases(aliases or {})
        scores = _of_entries(models, done, rejected)
        _store(scores, done, {"licence": licence, "mapping": columns}, now)
        transaction.set_rollback(is_dry_run)
    return done


def _usable(
    file: BenchmarkFile, on_progress: Callable[[int, float], object], rejected: Callable[[RefusedRow], object]
) -> Iterator[ScoredModel]:
    for rows, read in enumerate(file.models(), start=1):
        on_progress(rows, file.share)
        if isinstance(read, RefusedRow):
            rejected(read)
        else:
            yield read


def _chosen(models: Sequence[ScoredModel], only: Collection[str]) -> list[ScoredModel]:
    known = dict.fromkeys(score.benchmark for scored in models for score in scored.scores)
    if missing := [benchmark for benchmark in only if benchmark not in known]:
        raise UnknownBenchmark(f"no benchmark is called {missing[0]!r} in the file, which has {', '.join(known)}")
    wanted = frozenset(only or known)
    return [
        ScoredModel(scored.row, scored.model, tuple(score for score in scored.scores if score.benchmark in wanted))
        for scored in models
    ]


def _of_entries(
    models: Sequence[ScoredModel], done: ImportedBenchmarks, rejected: Callable[[RefusedRow], object]
) -> Scores:
    """Return the scores of the entries. A row with a score that an earlier row has already is rejected."""
    entries, scores, first = LanguageModel.objects.by_any_name(), Scores(), dict[tuple[int, str], int]()
    for scored in models:
        entry = entries.get(scored.model)
        if entry is None:
            if scored.model not in done.skipped:
                done.skipped.append(scored.model)
            continue
        own = {(entry, score.benchmark): score for score in scored.scores}
        if twice := next((key for key in own if key in scores), None):
            reason = f"row {first[twice]} has the score of {scored.model!r} in {twice[1]!r} already"
            rejected(RefusedRow(scored.row, reason))
            continue
        scores |= own
        first |= dict.fromkeys(own, scored.row)
    return scores


def _remembered(source: str) -> dict[str, str]:
    """Return the columns of the source's last file."""
    return BenchmarkSource.objects.filter(name=source).values_list("mapping", flat=True).first() or {}


def _store(scores: Scores, done: ImportedBenchmarks, said: dict[str, Any], now: datetime) -> None:
    """Store the scores under their source, with what is said of it; a licence that is not said stays."""
    if not scores:
        return
    kept = {field: value for field, value in said.items() if value or field != "licence"}
    source, _ = BenchmarkSource.objects.update_or_create(name=done.source, defaults=kept)
    known = set(source.scores.values_list("entry", "benchmark"))
    done.replaced = len(known & scores.keys())
    done.new = len(scores) - done.replaced
    BenchmarkScore.objects.bulk_create(
        (
            BenchmarkScore(
                entry_id=entry,
                benchmark=benchmark,
                score=score.value,
                unit=score.unit,
                source=source,
                imported_at=now,
            )
            for (entry, benchmark), score in scores.items()
        ),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["entry", "benchmark", "source"],
        update_fields=["score", "unit", "imported_at"],
    )
