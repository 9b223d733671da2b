"""The import of a file of prompts that others wrote, as a set of suggestions."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from arena.formats.prompt_files import PromptRow, read
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.models import Prompt, PromptSet
from arena.models.prompts import Topic, prompt_key

BATCH = 500
#: Of public sets by the format of their prompts: the name, and the licence that their makers gave them.
SETS = {
    "mt-bench": ("MT-bench", "Apache-2.0"),
    "vicuna-bench": ("Vicuna-bench", "Apache-2.0"),
    "self-instruct": ("self-instruct seed tasks", "Apache-2.0"),
    "alpaca-eval": ("AlpacaEval prompts", "CC BY-NC 4.0"),
}
#: What the sets call their topics.
TOPICS = {
    "coding": Topic.CODE,
    "math": Topic.MATHS,
    "fermi": Topic.MATHS,
    "stem": Topic.EXPLAIN,
    "humanities": Topic.EXPLAIN,
    "knowledge": Topic.EXPLAIN,
    "generic": Topic.ADVICE,
    "common-sense": Topic.REASONING,
    "counterfactual": Topic.REASONING,
    "roleplay": Topic.WRITING,
}


class UnnamedSet(ValueError):
    """A file that has no name or licence of its own, where one of them was not given."""


@dataclass(frozen=True)
class ImportedPrompts:
    """The outcome of one file: the slug of its set, how many prompts are new or known, and the rejected rows."""

    slug: str
    format: str
    added: int
    known: int
    rejected: tuple[RefusedRow, ...]


def import_prompts(
    path: Path,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    name: str = "",
    licence: str = "",
    language: str = "en",
    on_progress: Callable[[int], object] = lambda rows: None,
) -> ImportedPrompts:
    """Store the rows that can be used in a set, whole or not at all, and return the outcome.

    The same file again changes nothing. A public set has its name and licence where every prompt is one of it; for
    other files they must be given. columns: see arena.formats.prompt_files.read; they are remembered for the set.
    on_progress: gets the number of rows read since the last call.
    Raises MalformedFile, UnnamedSet.
    """
    columns = columns or ({} if format else PromptSet.objects.mapping_of(name))
    detected, rows = read(path, format, columns=columns)
    needs_to_be_known = not (name and licence)
    own_name, own_licence = SETS.get(detected, ("", ""))
    missing = [option for option, value in (("--name", name), ("--licence", licence)) if not value]
    name, licence = name or own_name, licence or own_licence
    if not name or not licence:
        raise _unnamed(path, missing)
    with transaction.atomic():
        prompt_set, _ = PromptSet.objects.select_for_update().update_or_create(
            slug=slugify(name)[:100], defaults={"name": name, "licence": licence, "mapping": dict(columns)}
        )
        progress = _Progress(prompt_set, language)
        while batch := list(islice(rows, BATCH)):
            progress.add(batch)
            if needs_to_be_known and progress.has_others:
                raise _unnamed(path, missing)
            on_progress(len(batch))
        if not progress.added + progress.known:
            reason = f"none of its rows is a prompt of the format {detected}; row {progress.rejected[0].row}: "
            raise MalformedFile(path, None, reason + progress.rejected[0].reason)
    return ImportedPrompts(prompt_set.slug, detected, progress.added, progress.known, tuple(progress.rejected))


def _unnamed(path: Path, missing: list[str]) -> UnnamedSet:
    return UnnamedSet(f"{path.name} does not say its name and licence: add {' and '.join(missing)}")


class _Progress:
    """The prompts of one file, as far as they have been stored. has_others: some are not of the format's public set."""

    def __init__(self, prompt_set: PromptSet, language: str) -> None:
        self._set, self._language = prompt_set, language
        self.added = self.known = 0
        self.has_others = False
        self.rejected: list[RefusedRow] = []

    def add(self, batch: list[PromptRow | RefusedRow]) -> None:
        self.rejected += [row for row in batch if isinstance(row, RefusedRow)]
        rows = [row for row in batch if isinstance(row, PromptRow)]
        self.has_others |= not all(row.is_of_its_set for row in rows)
        by_key = {prompt_key(row.text): row for row in rows}
        stored = set(self._set.prompts.filter(key__in=by_key).values_list("key", flat=True))
        new = list(self._new(by_key, stored))
        Prompt.objects.bulk_create(new)
        self.added += len(new)
        self.known += len(rows) - len(new)

    def _new(self, by_key: dict[str, PromptRow], stored: set[str]) -> Iterator[Prompt]:
        for key, row in by_key.items():
            if key not in stored:
                topic = TOPICS.get(row.topic, row.topic)
                yield Prompt(set=self._set, key=key, text=row.text, topic=topic, language=self._language)
