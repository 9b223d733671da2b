import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.exports.board import BOARD_FORMATS, export_board
from arena.exports.votes import Exported, export_votes
from arena.formats.exports.writing import FORMATS
from arena.management.progress import progress_bar
from arena.models.audit import Action
from arena.people.audit import record


class Command(BaseCommand):
    help = (
        "Write the votes that may go out, or the board, into a folder. Personal data is redacted, and voters get "
        "pseudonyms."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", required=True, choices=[*FORMATS, *BOARD_FORMATS])
        parser.add_argument("--output", type=Path, help="new folder; the default is named after format and day")
        parser.add_argument("--licence", default="", help="licence of the data as its SPDX id, such as CC-BY-4.0")
        parser.add_argument("--with-imported", action="store_true", help="write imported votes too")

    def handle(self, *, format: str, output: Path | None, **options: Any) -> None:
        folder = output or Path(f"export-{format}-{timezone.now():%Y-%m-%d}")
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CommandError(f"{folder} is there already. Name an empty folder with --output.")
        if format in BOARD_FORMATS:
            self.stdout.write(f"The newest board is in {export_board(format, folder)}")
            record(None, Action.EXPORTED, format)
            return
        done = _export(format, folder, options)
        record(None, Action.EXPORTED, format, votes=done.votes)
        self._tell(done, with_imported=options["with_imported"])

    def _tell(self, done: Exported, *, with_imported: bool) -> None:
        self.stdout.write(f"{done.votes - done.skipped:,} votes as {done.rows:,} rows in {done.path}")
        if done.without_consent:
            imported = "" if with_imported else ", or imported (--with-imported takes these too)"
            self.stdout.write(f"{done.without_consent:,} votes left out: without consent{imported}")
        if done.skipped:
            self.stdout.write(f"{done.skipped:,} votes skipped: the format cannot carry them")
        redacted = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.redacted.items()))
        self.stdout.write(f"Redacted: {redacted or 'nothing'}. The card README.md says it all.")


def _export(format: str, folder: Path, options: dict[str, Any]) -> Exported:
    with progress_bar(format, "votes") as bar:

        def advance(done: int, of: int) -> None:
            bar.total = of
            bar.update(done - bar.n)

        return export_votes(
            format,
            folder,
            salt=secrets.token_bytes(32),
            now=timezone.now(),
            licence=options["licence"],
            with_imported=options["with_imported"],
            on_progress=advance,
        )
