"""Take in a file of prompts that others wrote, as a set of suggestions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from arena.formats.prompt_files import Format, PromptRow, read
from arena.formats.refusals import MalformedFile, RefusedRow
from arena.models import Prompt, PromptSet
from arena.models.prompts import Topic, prompt_key

BATCH = 500
#: Of each format: the set's name, and the licence that its makers gave it; "" where it must be said.
SETS: dict[Format, tuple[str, str]] = {
    "mt-bench": ("MT-bench", "Apache-2.0"),
    "vicuna-bench": ("Vicuna-bench", "Apache-2.0"),
    "self-instruct": ("self-instruct seed tasks", "Apache-2.0"),
    "alpaca-eval": ("AlpacaEval prompts", "CC BY-NC 4.0"),
    "sharegpt": ("", ""),
    "plain": ("", ""),
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
    """The file tells neither its name nor its licence, and one of them was not given."""


@dataclass(frozen=True)
class ImportedPrompts:
    """slug of the set; how many of its prompts are new and were known; the rows that were rejected."""

    slug: str
    format: Format
    added: int
    known: int
    refused: tuple[RefusedRow, ...]


def import_prompts(
    path: Path,
    *,
    format: Format | None = None,
    name: str = "",
    licence: str = "",
    language: str = "en",
    on_progress: Callable[[int], object] = lambda rows: None,
) -> ImportedPrompts:
    """The rows that can be used are in the set afterwards; the same again changes nothing. Whole or not at all.

    on_progress: told the number of rows read since the last call. Raises MalformedFile, UnnamedSet.
    """
    found, rows = read(path, format)
    name, licence = name or SETS[found][0], licence or SETS[found][1]
    if not name or not licence:
        missing = [option for option, value in (("--name", name), ("--licence", licence)) if not value]
        raise UnnamedSet(f"{path.name} does not say its name and licence: add {' and '.join(missing)}")
    with transaction.atomic():
        prompt_set, _ = PromptSet.objects.select_for_update().update_or_create(
            slug=slugify(name)[:100], defaults={"name": name, "licence": licence}
        )
        taken = _Taken(prompt_set, language)
        while batch := list(islice(rows, BATCH)):
            taken.add(batch)
            on_progress(len(batch))
        if not taken.added + taken.known:
            reason = f"none of its rows is a prompt of the format {found}; row {taken.refused[0].row}: "
            raise MalformedFile(path, None, reason + taken.refused[0].reason)
    return ImportedPrompts(prompt_set.slug, found, taken.added, taken.known, tuple(taken.refused))


class _Taken:
    """What has been taken in so far."""

    def __init__(self, prompt_set: PromptSet, language: str) -> None:
        self._set, self._language = prompt_set, language
        self.added = self.known = 0
        self.refused: list[RefusedRow] = []

    def add(self, batch: list[PromptRow | RefusedRow]) -> None:
        self.refused += [row for row in batch if isinstance(row, RefusedRow)]
        rows = [row for row in batch if isinstance(row, PromptRow)]
        by_key = {prompt_key(row.text): row for row in rows}
        there = set(self._set.prompts.filter(key__in=by_key).values_list("key", flat=True))
        new = list(self._new(by_key, there))
        Prompt.objects.bulk_create(new)
        self.added += len(new)
        self.known += len(rows) - len(new)

    def _new(self, by_key: dict[str, PromptRow], there: set[str]) -> Iterator[Prompt]:
        for key, row in by_key.items():
            if key not in there:
                topic = TOPICS.get(row.topic, row.topic)
                yield Prompt(set=self._set, key=key, text=row.text, topic=topic, language=self._language)
