from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.formats.refusals import MalformedFile
from arena.imports.answers import ImportedAnswers, import_answers
from arena.management.progress import progress_bar


class Command(BaseCommand):
    help = "Import answers that models gave elsewhere: AlpacaEval's model_outputs.json, plain or as .gz."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="file with the answers of one model")

    def handle(self, *, files: list[Path], **options: Any) -> None:
        for number, path in enumerate(files):
            try:
                imported = _import(path)
            except MalformedFile as refusal:
                raise CommandError(_explain(refusal, files[:number], files[number + 1 :])) from None
            self.stdout.write(f"{path.name}: {_describe(imported)}")


def _import(path: Path) -> ImportedAnswers:
    with progress_bar(path.name, "rows") as bar:

        def advance(done: int, of: int) -> None:
            bar.total = of
            bar.update(done)

        return import_answers(path, on_progress=advance)


def _describe(imported: ImportedAnswers) -> str:
    if not imported.new_answers:
        return f"nothing new, all {imported.answers} answers of {imported.generator} are known"
    counts = f"{imported.new_answers} of {imported.answers} answers are new"
    return f"{imported.generator}, {counts}, and {imported.new_prompts} prompts"


def _explain(refusal: MalformedFile, kept: list[Path], unread: list[Path]) -> str:
    lines = [f"{refusal}", f"Nothing of {refusal.path.name} is kept."]
    if kept:
        lines.append(f"Imported before it, and kept: {_names(kept)}.")
    if unread:
        lines.append(f"Not read: {_names(unread)}.")
    return "\n".join(lines)


def _names(paths: list[Path]) -> str:
    return ", ".join(path.name for path in paths)
