"""Who judges prompts and answers here, and what becomes of what they find: from the settings as they are."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.utils.functional import Promise

from arena.models import LanguageModel, Turn, Withheld
from arena.models.catalog import Kind
from arena.moderation.categories import CATEGORIES, name_of
from arena.moderation.chosen import chosen_rules, chosen_slugs
from arena.moderation.rules import Rules


@dataclass(frozen=True)
class JudgingEntry:
    """A model or a server that judges texts. is_elsewhere: the text leaves this machine for it."""

    name: str
    organisation: str
    link: str
    is_elsewhere: bool


@dataclass(frozen=True)
class WithheldCount:
    """How many turns are withheld in one way and for one reason, in words."""

    what: Promise | str
    reason: Promise
    turns: int


@dataclass(frozen=True)
class ModerationFacts:
    """Who judges, and how. fails_closed: a text that nobody could judge is withheld. seconds: one verdict may take.

    languages: of the rules, by their codes. categories: what texts are withheld for, in words.
    """

    rules_version: str
    languages: tuple[str, ...]
    rule_categories: tuple[Promise, ...]
    entries: tuple[JudgingEntry, ...]
    fails_closed: bool
    seconds: float
    holds: bool
    personal_data: str
    withheld: tuple["WithheldCount", ...]

    @property
    def is_on(self) -> bool:
        """Tell whether anybody judges anything."""
        return bool(self.rules_version or self.entries)


def moderation_facts() -> ModerationFacts:
    """Return how this arena moderates now."""
    rules = chosen_rules()
    return ModerationFacts(
        rules_version=rules.version if rules else "",
        languages=tuple(dict.fromkeys(rule.language for rule in rules.rules)) if rules else (),
        rule_categories=_names(rules),
        entries=_entries(),
        fails_closed=settings.MODERATION_FAIL == "closed",
        seconds=settings.MODERATION_SECONDS,
        holds=settings.MODERATION_HOLD,
        personal_data=settings.PERSONAL_DATA,
        withheld=_withheld(),
    )


def _withheld() -> tuple[WithheldCount, ...]:
    """Return what is withheld now, by what and why, the most first."""
    rows = Turn.objects.withheld().values_list("withheld", "withheld_for").annotate(n=Count("pk")).order_by("-n")
    return tuple(WithheldCount(Withheld(what).label, name_of(reason or ""), turns) for what, reason, turns in rows)


def _names(rules: Rules | None) -> tuple[Promise, ...]:
    used = {rule.category for rule in rules.rules} if rules else set()
    return tuple(name_of(key) for key in CATEGORIES if key in used)


def _entries() -> tuple[JudgingEntry, ...]:
    if not (slugs := chosen_slugs()):
        return ()
    entries = LanguageModel.objects.filter(slug__in=slugs, kind=Kind.MODERATOR).order_by("display_name")
    return tuple(
        JudgingEntry(entry.display_name, entry.organisation, entry.link, is_elsewhere=not entry.weights)
        for entry in entries
    )
