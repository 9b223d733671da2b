from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.entries.aliases import UnknownEntry
from arena.formats.answer_files import FIELDS
from arena.formats.refusals import MalformedFile
from arena.imports.answers import ImportedAnswers, UnnamedAnswers, import_answers
from arena.management.mapping import add_aliases, add_mapping, fields
from arena.management.progress import progress_bar, tell_rejected


class Command(BaseCommand):
    help = "Import answers that models gave elsewhere: AlpacaEval, MT-bench, Arena-Hard, or tables of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON, CSV or Parquet; also .gz")
        parser.add_argument("--name", default="", help="name of the set of prompts; AlpacaEval has its own")
        parser.add_argument("--licence", default="", help="licence of the prompts, which is shown beside them")
        parser.add_argument("--model", default="", help="who answered, where the file does not say it")
        parser.add_argument("--questions", type=Path, metavar="FILE", help="the questions of a model_answer file")
        add_mapping(parser, f"what the file calls its columns; fields: {', '.join(FIELDS)}")
        add_aliases(parser)

    def handle(self, *, files: list[Path], **options: Any) -> None:
        for number, path in enumerate(files):
            try:
                imported = _import(path, options)
            except (MalformedFile, UnnamedAnswers, UnknownEntry) as refusal:
                raise CommandError(_explain(refusal, path, files[:number], files[number + 1 :])) from None
            self.stdout.write(f"{path.name}: {_describe(imported)}")
            tell_rejected(self.stderr, imported.rejected, total=len(imported.rejected))


def _import(path: Path, options: dict[str, Any]) -> ImportedAnswers:
    with progress_bar(path.name, "rows") as bar:

        def advance(done: int, of: int) -> None:
            bar.total = of
            bar.update(done)

        return import_answers(
            path,
            name=options["name"],
            licence=options["licence"],
            columns=fields(options["mapping"], FIELDS),
            model=options["model"],
            questions=options["questions"],
            aliases=dict(options["alias"]),
            on_progress=advance,
        )


def _describe(imported: ImportedAnswers) -> str:
    rejected = f"; {len(imported.rejected)} rows are rejected" if imported.rejected else ""
    if not imported.new_answers:
        return f"nothing new, all {imported.answers} answers of {imported.generator} are known{rejected}"
    counts = f"{imported.new_answers} of {imported.answers} answers are new"
    return f"{imported.generator}, {counts}, and {imported.new_prompts} prompts{rejected}"


def _explain(refusal: Exception, path: Path, kept: list[Path], unread: list[Path]) -> str:
    lines = [f"{refusal}", f"Nothing of {path.name} is kept."]
    if kept:
        lines.append(f"Imported before it, and kept: {_names(kept)}.")
    if unread:
        lines.append(f"Not read: {_names(unread)}.")
    return "\n".join(lines)


def _names(paths: list[Path]) -> str:
    return ", ".join(path.name for path in paths)
