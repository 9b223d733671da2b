from argparse import ArgumentParser, ArgumentTypeError
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.entries.aliases import UnknownEntry
from arena.formats.benchmarks.plain import MODEL
from arena.formats.benchmarks.reading import NAMES
from arena.formats.cells import MAX_NAME
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.imports.benchmarks import ImportedBenchmarks, UnknownBenchmark, import_benchmarks
from arena.management.progress import move_bar, progress_bar, tell_rejected

HOW_TO_ALIAS = (
    'To add a name: --alias "NAME=SLUG", or "Model aliases" on the entry\'s page in the admin. Nothing is guessed.'
)


def _column(text: str) -> tuple[str, str]:
    name, _, column = text.partition("=")
    return _both(name, column, f"{text!r} is not NAME=COLUMN")


def _alias(text: str) -> tuple[str, str]:
    name, _, slug = text.rpartition("=")
    return _both(name, slug, f"{text!r} is not NAME=SLUG")


def _both(left: str, right: str, otherwise: str) -> tuple[str, str]:
    if not left.strip() or not right.strip():
        raise ArgumentTypeError(otherwise)
    return _short(left.strip()), right.strip()


def _short(text: str) -> str:
    if len(text) > MAX_NAME:
        raise ArgumentTypeError(f"{text!r:.40}… is longer than {MAX_NAME} characters")
    return text


class Command(BaseCommand):
    help = "Import scores of benchmarks for the entries. A score from the same source again replaces the old one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        several: dict[str, Any] = {"action": "extend", "nargs": "+", "default": []}
        parser.add_argument(
            "file", type=Path, help="CSV, JSON, JSON lines, Parquet or Markdown; all but Parquet also .gz"
        )
        parser.add_argument(
            "--name",
            default="",
            type=_short,
            help="source of the scores; the default is the format's name, or the file's",
        )
        parser.add_argument("--licence", default="", type=_short, help="licence of the scores, which the page shows")
        parser.add_argument("--format", choices=["auto", *NAMES], default="auto")
        parser.add_argument(
            "--mapping",
            type=_column,
            metavar="NAME=COLUMN",
            help='which columns of any table to read: "model=Model name" "MMLU=mmlu_score"',
            **several,
        )
        parser.add_argument(
            "--only", metavar="BENCHMARK", help="import these benchmarks and leave out all others", **several
        )
        parser.add_argument(
            "--alias",
            type=_alias,
            metavar="NAME=SLUG",
            help="the entry that a name in the file means; it is kept for later imports",
            **several,
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="read the file and say what would come, but store nothing"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        refused: list[RefusedRow] = []
        try:
            done = _import(file, options, refused)
        except (MalformedFile, UnknownBenchmark, UnknownEntry) as refusal:
            raise CommandError(f"{refusal}\nNothing of {file.name} is kept.") from None
        self._tell(done, is_dry_run=options["dry_run"])
        tell_rejected(self.stderr, refused, total=len(refused))

    def _tell(self, done: ImportedBenchmarks, *, is_dry_run: bool) -> None:
        new, replaced = ("would be new", "would be replaced") if is_dry_run else ("are new", "are replaced")
        counts = f"{done.new:,} scores {new}, {done.replaced:,} {replaced}, {done.rejected:,} rows rejected"
        self.stdout.write(f"{done.source} ({done.format}): {counts}")
        if done.skipped:
            self.stdout.write(f"{len(done.skipped)} names are no entry's, or more than one's:")
            self.stdout.write("\n".join(f"  {name}" for name in done.skipped))
            self.stdout.write(HOW_TO_ALIAS)


def _import(file: Path, options: dict[str, Any], refused: list[RefusedRow]) -> ImportedBenchmarks:
    with progress_bar(file.name, "rows") as bar:
        return import_benchmarks(
            file,
            name=options["name"],
            licence=options["licence"],
            format=None if options["format"] == "auto" else options["format"],
            columns=_columns(options["format"], dict(options["mapping"])),
            only=options["only"],
            aliases=dict(options["alias"]),
            is_dry_run=options["dry_run"],
            now=timezone.now(),
            on_progress=partial(move_bar, bar),
            on_rejected=refused.append,
        )


def _columns(format: str, columns: dict[str, str]) -> dict[str, str]:
    if columns and format != "auto":
        raise CommandError("--format and --mapping exclude each other.")
    if columns and (MODEL not in columns or len(columns) == 1):
        raise CommandError(f'--mapping needs "{MODEL}=COLUMN" and a benchmark at least.')
    return columns
