from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.formats.prompt_shapes import NAMES
from arena.formats.refusals import MalformedFile
from arena.imports.prompts import ImportedPrompts, UnnamedSet, import_prompts
from arena.management.mapping import add_mapping, fields
from arena.management.progress import progress_bar, tell_rejected
from arena.prompts.load import load_prompts

PROMPT_FIELDS = ("prompt", "input", "topic")


class Command(BaseCommand):
    help = "Load the prompts that the arena suggests: its own, or a file of others. It may run as often as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="JSON, CSV, Parquet or plain text; also .gz")
        parser.add_argument("--format", choices=["auto", *NAMES], default="auto")
        add_mapping(parser, 'the column of each of prompt, input and topic, such as "prompt=User message"')
        parser.add_argument("--name", default="", help="name of the set; public sets have theirs")
        parser.add_argument("--licence", default="", help="licence of the prompts, which is shown beside them")
        parser.add_argument("--language", default="en", help="code of the language in which they are written")

    def handle(self, *, file: Path | None, **options: Any) -> None:
        if file is None:
            self._load_our_own()
            return
        try:
            self._tell(_import(file, options))
        except (MalformedFile, UnnamedSet) as refusal:
            raise CommandError(f"{refusal}\nNothing of {file.name} is kept.") from None

    def _load_our_own(self) -> None:
        loaded = load_prompts()
        if loaded.added or loaded.removed:
            self.stdout.write(f"{loaded.slug}: {loaded.added} prompts added, {loaded.removed} removed")
        else:
            self.stdout.write(f"{loaded.slug}: nothing new")

    def _tell(self, imported: ImportedPrompts) -> None:
        counts = f"{imported.added} prompts added, {imported.known} known already"
        self.stdout.write(f"{imported.slug} ({imported.format}): {counts}, {len(imported.rejected)} rejected")
        tell_rejected(self.stderr, imported.rejected, total=len(imported.rejected))


def _import(file: Path, options: dict[str, Any]) -> ImportedPrompts:
    with progress_bar(file.name, "rows") as bar:
        return import_prompts(
            file,
            format=None if options["format"] == "auto" else options["format"],
            columns=fields(options["mapping"], PROMPT_FIELDS, needs=("prompt",)),
            name=options["name"],
            licence=options["licence"],
            language=options["language"],
            on_progress=bar.update,
        )
