"""The loading of suggested prompts from the file of their set."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from arena.models import Battle, Prompt, PromptSet
from arena.models.prompts import prompt_key

#: Agon's own set. Its name without the ending is the slug.
OUR_PROMPTS = Path(__file__).resolve().parent.parent / "prompts" / "agon.toml"


@dataclass(frozen=True)
class Loaded:
    """The outcome of loading a set. slug: of the set; added, removed: numbers of prompts."""

    slug: str
    added: int = 0
    removed: int = 0


def load_prompts(path: Path = OUR_PROMPTS) -> Loaded:
    """Make the set equal to its file and return what changed; a file that was loaded before changes nothing.

    A prompt never changes: an edited text is a new one, and the old one goes unless something refers to it.
    What an operator deletes stays away until the file itself changes.
    """
    content = path.read_bytes()
    version = sha256(content).hexdigest()[:12]
    if PromptSet.objects.filter(slug=path.stem, version=version).exists():
        return Loaded(path.stem)
    data = tomllib.loads(content.decode())
    with transaction.atomic():
        prompt_set = _set(path.stem, data, version)
        prompts = list(_prompts(prompt_set, data))
        removed = _remove_others(prompt_set, prompts)
        return Loaded(path.stem, added=_add(prompt_set, prompts), removed=removed)


def _set(slug: str, data: dict[str, Any], version: str) -> PromptSet:
    """Return the set with these values, locked until the transaction ends."""
    values = {"name": data["name"], "licence": data["licence"], "version": version}
    return PromptSet.objects.update_or_create(slug=slug, defaults=values)[0]


def _prompts(prompt_set: PromptSet, data: dict[str, Any]) -> Iterable[Prompt]:
    for language, topics in data["prompts"].items():
        for topic, texts in topics.items():
            for text in texts:
                yield Prompt(set=prompt_set, key=prompt_key(text), text=text, topic=topic, language=language)


def _add(prompt_set: PromptSet, prompts: list[Prompt]) -> int:
    known = set(prompt_set.prompts.values_list("key", flat=True))
    return len(Prompt.objects.bulk_create(prompt for prompt in prompts if prompt.key not in known))


def _remove_others(prompt_set: PromptSet, prompts: list[Prompt]) -> int:
    others = prompt_set.prompts.exclude(key__in=[prompt.key for prompt in prompts])
    used = Exists(Battle.objects.filter(prompt=OuterRef("pk")))
    removed, _ = others.filter(~used, recorded_answers__isnull=True).delete()
    return removed
