import csv
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

import redis
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from arena.entries.aliases import UnknownEntry, near_misses, store_aliases
from arena.formats.cells import plain_cells
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.formats.votes.plain import FIELDS
from arena.formats.votes.reading import NAMES
from arena.imports.board import ImportedBoard
from arena.imports.votes import ImportedVotes, import_votes
from arena.leaderboard.live import push_leaderboard
from arena.management.mapping import add_aliases, add_mapping, assignment, fields
from arena.management.progress import MAX_SHOWN, move_bar, progress_bar, tell_rejected
from arena.models import PendingVote, RatingSnapshot
from arena.scoring.features_ahead import FeaturesAhead
from ratings.vocabulary import CHOICES

MOST_NAMES = 50
HOW_TO_ALIAS = 'Is one an entry? Say so with --alias "NAME=SLUG" before, or with manage.py models merge afterwards.'
WHAT_IS_KNOWN = "Known are rows that say the same as votes of {0!r}. Are these others? Name another --source."


class Command(BaseCommand):
    help = "Import votes that were cast elsewhere and publish the board. The same file again changes nothing."
    requires_system_checks = []  # they import every page, which takes 30 MB

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="Parquet, CSV, JSON or JSON lines; all but Parquet also .gz")
        parser.add_argument("--format", choices=["auto", *NAMES], default="auto")
        several: dict[str, Any] = {"type": assignment, "nargs": "+", "action": "extend", "default": []}
        add_mapping(parser, f"what a table calls its columns, remembered for its source; fields: {', '.join(FIELDS)}")
        parser.add_argument(
            "--words", metavar="WORD=CHOICE", help="what its words for winners mean, such as 1=model_a", **several
        )
        add_aliases(parser)
        parser.add_argument(
            "--source", default="", help="name under which the votes are kept; the default is the file's"
        )
        parser.add_argument("--votes-only", action="store_true", help="leave out prompts and answers")
        parser.add_argument(
            "--dry-run", action="store_true", help="read the file and say what would come, but store nothing"
        )
        parser.add_argument("--rejected", type=Path, metavar="CSV", help="new file for the rejected rows, with reasons")
        parser.add_argument(
            "--unpublished", action="store_true", help="do not publish: leave that to the running arena"
        )

    def handle(self, *, file: Path, **options: Any) -> None:
        start = time.perf_counter()
        _take_aliases(dict(options["alias"]), is_dry_run=options["dry_run"])
        _leave_the_database_unmapped()
        is_published = not options["dry_run"] and not options["unpublished"]
        with FeaturesAhead() as ahead:
            board = ImportedBoard(ahead) if is_published else None
            with _rejected_into(options["rejected"]) as rejected:
                done = _import(file, options, rejected, board, ahead)
            self._tell_all(done, rejected, start, options)
            if board is not None:
                self._publish(board, done.new)

    def _tell_all(self, done: ImportedVotes, rejected: "_Rejected", start: float, options: dict[str, Any]) -> None:
        self._tell(done, time.perf_counter() - start, is_dry_run=options["dry_run"])
        tell_rejected(self.stderr, rejected.shown, total=done.rejected)
        if done.rows and done.rejected == done.rows:
            raise CommandError("No row of this file could be read as a vote, so nothing has changed.")

    def _tell(self, done: ImportedVotes, seconds: float, *, is_dry_run: bool) -> None:
        rate = f"{done.rows / seconds:,.0f} rows a second" if seconds else ""
        if done.note:
            self.stdout.write(done.note)
        new = "would be new" if is_dry_run else "are new"
        counts = f"{done.new:,} of {done.rows:,} votes {new}, {done.known:,} known, {done.rejected:,} rejected"
        self.stdout.write(f"{done.source} ({done.format}): {counts}; {rate}")
        if done.without_texts:
            self.stdout.write(f"{done.without_texts:,} of them without texts: these could not be read")
        if done.known:
            self.stdout.write(WHAT_IS_KNOWN.format(done.source))
        if done.new_models:
            added = "would become entries" if is_dry_run else "became entries"
            self.stdout.write(f"{len(done.new_models)} models {added} that are rated and never drawn")
            self._tell_new(done.new_models)

    def _tell_new(self, names: list[str]) -> None:
        """List the new names with the entries that they may mean; of many only those that are near to one."""
        near = near_misses(names)
        shown = [name for name in names if near[name] or len(names) <= MAX_SHOWN]
        for name in shown[:MOST_NAMES]:
            also = f": close to {', '.join(near[name])}" if near[name] else ""
            self.stdout.write(f"  {name}{also}")
        if any(near.values()):
            self.stdout.write(HOW_TO_ALIAS)

    def _publish(self, board: ImportedBoard, new: int) -> None:
        with progress_bar("board", "votes") as bar:
            bar.total = PendingVote.objects.count()
            board.finish(lambda: bar.update(max(0, bar.total - PendingVote.objects.count() - bar.n)))
        self._tell_board(new)
        # Without Redis no page is open that could be told.
        if board.is_published:
            with suppress(redis.RedisError):
                push_leaderboard()

    def _tell_board(self, new: int) -> None:
        """Say what has become of the votes, also where a worker has published them meanwhile."""
        if not new:
            self.stdout.write("No vote was new: the board stays as it is.")
            return
        one = "1 new vote is" if new == 1 else f"{new:,} new votes are"
        self.stdout.write(f"{one} counted and on the board.")
        if board := RatingSnapshot.objects.newest():
            votes = "1 vote" if board.votes == 1 else f"{board.votes:,} votes"
            self.stdout.write(f"The board has {votes} on {board.ratings.count()} models.")


def _leave_the_database_unmapped() -> None:
    # Pages of a mapped file count as memory of this process, and an import comes to all of them.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")


class _Rejected:
    """The rejected rows: the first ones to show, all of them into a file if there is one."""

    def __init__(self, write: Callable[[list[object]], object] | None) -> None:
        self.shown: list[RefusedRow] = []
        self._write = write

    def add(self, row: RefusedRow) -> None:
        if len(self.shown) < MAX_SHOWN:
            self.shown.append(row)
        if self._write is not None:
            self._write(plain_cells([row.row, row.reason]))


@contextmanager
def _rejected_into(path: Path | None) -> Iterator[_Rejected]:
    with ExitStack() as stack:
        writer = csv.writer(stack.enter_context(_new_file(path))) if path else None
        if writer:
            writer.writerow(["row", "reason"])
        yield _Rejected(writer.writerow if writer else None)


def _new_file(path: Path) -> TextIO:
    # Never over a file that is there: it may be the very one that is to be read.
    try:
        return path.open("x", encoding="utf-8", newline="")
    except FileExistsError:
        raise CommandError(f"{path} is there already. Name a new file with --rejected.") from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}. Name another file with --rejected.") from None


def _words(said: list[tuple[str, str]]) -> dict[str, str]:
    words = dict(said)
    if unknown := [choice for choice in words.values() if choice not in CHOICES]:
        raise CommandError(f"--words knows no choice {unknown[0]!r}, but {', '.join(CHOICES)}.")
    return words


def _take_aliases(aliases: dict[str, str], *, is_dry_run: bool) -> None:
    if aliases and is_dry_run:
        raise CommandError("--alias is kept for all imports, so it does not go with --dry-run.")
    try:
        store_aliases(aliases)
    except UnknownEntry as refusal:
        raise CommandError(f"{refusal}. Nothing is stored.") from None


def _what_is_kept(done: ImportedVotes | None, *, is_dry_run: bool) -> str:
    if done is None or is_dry_run:
        return "Nothing is stored."
    return f"The {done.new + done.known:,} votes before that are kept, and are known next time."


def _import(
    file: Path, options: dict[str, Any], rejected: _Rejected, board: ImportedBoard | None, ahead: FeaturesAhead
) -> ImportedVotes:
    done: ImportedVotes | None = None
    with progress_bar(file.name, "rows") as bar:

        def show(so_far: ImportedVotes, share: float) -> None:
            nonlocal done
            done = so_far
            move_bar(bar, so_far.rows, share)
            if board is not None:
                board.keep_up(so_far.new)

        try:
            return import_votes(
                file,
                source=options["source"],
                format=None if options["format"] == "auto" else options["format"],
                mapping=fields(options["mapping"], FIELDS),
                words=_words(options["words"]),
                with_texts=not options["votes_only"],
                is_dry_run=options["dry_run"],
                now=timezone.now(),
                on_progress=show,
                on_rejected=rejected.add,
                on_texts=ahead.begin if board else lambda texts: None,
            )
        except MalformedFile as refusal:
            raise CommandError(f"{refusal}\n{_what_is_kept(done, is_dry_run=options['dry_run'])}") from None
