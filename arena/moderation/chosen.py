"""The moderators that the operator chose: the rules, and entries of the kind that judges texts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from arena.models import LanguageModel
from arena.models.catalog import Kind, State
from arena.moderation.models import ModelModerator
from arena.moderation.rules import Rules, shipped_rules
from arena.moderation.styles import style, styles
from arena.moderation.verdict import Moderator

RULES = "rules"
#: The value of an entry's option `moderation` for a server with OpenAI's `/v1/moderations`.
ENDPOINT = "endpoint"


class NoModerator(ValueError):
    """An entry cannot judge texts. The message says why, to the operator."""


@dataclass(frozen=True)
class Chosen:
    """An entry that judges texts. weights: local ones, whose worker is asked; "" for a server, which anybody asks."""

    slug: str
    name: str
    weights: str
    moderator: Moderator


def chosen_rules() -> Rules | None:
    """Return the rules, where the operator wants them."""
    return shipped_rules() if RULES in settings.MODERATORS else None


def chosen_slugs() -> tuple[str, ...]:
    """Return the slugs of the entries that judge texts, without asking the database."""
    return tuple(name for name in settings.MODERATORS if name != RULES)


def chosen_entries() -> list[Chosen]:
    """Return the entries that judge texts and can. One that is unknown, paused or broken says nothing."""
    if not (slugs := chosen_slugs()):
        return []
    entries = LanguageModel.objects.filter(slug__in=slugs, kind=Kind.MODERATOR, state=State.ACTIVE)
    return list(_usable(entries.order_by("pk")))


def silent_slugs() -> tuple[str, ...]:
    """Return the slugs that the operator chose and that judge nothing: unknown, paused, broken or without a way to."""
    speaking = {each.slug for each in chosen_entries()}
    return tuple(slug for slug in chosen_slugs() if slug not in speaking)


def chosen(slug: str) -> Chosen | None:
    """Return the entry of this slug, where it judges texts and can."""
    return next((each for each in chosen_entries() if each.slug == slug), None)


def moderator_of(entry: LanguageModel) -> Moderator:
    """Return who judges texts for this entry. Raises NoModerator."""
    how = entry.options.get("moderation") or entry.prompt_template
    options = {name: value for name, value in {**entry.options, **entry.local_files}.items() if name != "moderation"}
    what = entry.weights or entry.options.get("model", "")
    version = f"{how} {what}"[:200]
    if how == ENDPOINT:
        from arena.moderation.endpoint import EndpointModerator  # with httpx, for those who ask a server

        return EndpointModerator(entry.slug, version, options, seconds=settings.MODERATION_SECONDS)
    if how not in styles():
        known = ", ".join((ENDPOINT, *styles()))
        raise NoModerator(f"{entry.slug}: the option 'moderation' must be one of {known}")
    return ModelModerator(
        entry.slug,
        version,
        style(how),
        entry.backend,
        options,
        prompt_template=entry.prompt_template,
        policy=entry.system_prompt,
        window=entry.context_tokens,
        max_new_tokens=entry.max_new_tokens,
        seconds=settings.MODERATION_SECONDS,
    )


def _usable(entries: Iterable[LanguageModel]) -> Iterator[Chosen]:
    for entry in entries:
        try:
            moderator = moderator_of(entry)
        except NoModerator:
            continue
        yield Chosen(entry.slug, entry.display_name, entry.weights, moderator)
