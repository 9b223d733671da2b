"""The entries, which compete: each is one model with its settings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ratings import vocabulary


class Kind(models.TextChoices):
    MODEL = "model", _("model")
    FINE_TUNE = "fine_tune", _("fine-tune")
    CONFIGURATION = "configuration", _("configuration")
    RECORDED = "recorded", _("recorded answers")
    MODERATOR = "moderator", _("moderation model")
    IMPORTED = "imported", _("imported votes")


#: Those that have an answer to some prompts only, or to none.
ANSWERS_NOT_ANY = (Kind.RECORDED, Kind.MODERATOR, Kind.IMPORTED)


class State(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    #: It cannot answer as it is: its weights, its adapter or its settings are at fault, not the moment.
    BROKEN = "broken", _("broken")
    RETIRED = "retired", _("retired")


class PublicState(models.TextChoices):
    """The states that pages and programs are told of."""

    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    RETIRED = "retired", _("retired")
    #: It never was in the draw.
    IMPORTED = "imported", _("known by votes only")


#: The window of an entry of which nobody has said how large it is.
UNSTATED_CONTEXT = 2048


class Pool(models.TextChoices):
    """The two pools of entries, which never meet: live ones answer any prompt, recorded ones only what they have."""

    LIVE = "live"
    RECORDED = "recorded"


def folded(name: str) -> str:
    """Return the name as names are compared: in NFC, without case, and with one space for any white space."""
    return vocabulary.folded(name)


@dataclass(frozen=True)
class EntryNames:
    """The entries by all names that they go by. A name of more than one entry is nobody's."""

    pks: dict[str, int]
    ambiguous: frozenset[str]

    def get(self, name: str) -> int | None:
        """Return the pk of the entry of this name, in any spelling that `folded` makes equal; None for nobody's."""
        return self.pks.get(folded(name))

    def is_ambiguous(self, name: str) -> bool:
        """Tell whether more than one entry goes by this name."""
        return folded(name) in self.ambiguous


class LanguageModelQuerySet(models.QuerySet["LanguageModel"]):
    def competing(self) -> "LanguageModelQuerySet":
        """Return the entries that may have a rating, and so have a page: all but moderation models."""
        return self.exclude(kind=Kind.MODERATOR)

    def live(self) -> "LanguageModelQuerySet":
        """Return the entries that answer any prompt now."""
        return self.filter(state=State.ACTIVE).exclude(kind__in=ANSWERS_NOT_ANY)

    def serving(self) -> "LanguageModelQuerySet":
        """Return the entries that answer any prompt now, and those that the operator chose to judge texts."""
        judging = self.filter(state=State.ACTIVE, kind=Kind.MODERATOR, slug__in=settings.MODERATORS)
        return self.live() | judging

    def recorded(self) -> "LanguageModelQuerySet":
        """Return the active entries that have an answer to some prompts only."""
        return self.filter(state=State.ACTIVE, kind=Kind.RECORDED)

    def by_any_name(self) -> EntryNames:
        """Return who goes by which name: aliases, slugs and shown names, for every import alike.

        An alias decides, because an operator gave it. A slug that an import made of a shown name is a name only where
        that shown name is another's too: exports call such an entry by its slug. Moderation models are left out.
        """
        entries = list(self.competing().values_list("pk", "kind", "slug", "display_name"))
        bearers: defaultdict[str, set[int]] = defaultdict(set)
        for pk, _kind, _slug, name in entries:
            bearers[folded(name)].add(pk)
        for pk, kind, slug, name in entries:
            if kind not in (Kind.IMPORTED, Kind.RECORDED) or len(bearers[folded(name)]) > 1:
                bearers[folded(slug)].add(pk)
        aliases = ModelAlias.objects.filter(entry__in=self.competing()).values_list("name", "entry")
        decided = {name: {pk} for name, pk in aliases}
        return _names((bearers | decided).items())

    def free_slug(self, name: str, *, nameless: str) -> str:
        """Return a slug of this name that no entry has; of `nameless` where a slug can hold nothing of the name."""
        slug = slugify(name.replace(".", "-"))[:80] or nameless
        candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
        return next(free for free in candidates if not self.filter(slug=free).exists())


class LanguageModel(models.Model):
    """One entry. Its pk, slug and name are never sent to a voter before the vote; it is never deleted once battled."""

    slug = models.SlugField(unique=True, max_length=100)
    display_name = models.CharField(max_length=100)
    organisation = models.CharField(max_length=100, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.MODEL)
    description = models.TextField(blank=True)
    link = models.URLField(blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    broken_because = models.TextField(blank=True, default="", db_default="", help_text="Why it is broken, if it is")
    state_before = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="Its state before it was broken, if it is"
    )

    backend = models.CharField(max_length=40)
    weights = models.CharField(max_length=100, blank=True, help_text="Entries with the same weights share one worker")
    adapter = models.CharField(max_length=100, blank=True, help_text="A LoRA adapter on these weights")
    parameters = models.PositiveBigIntegerField(null=True, blank=True, help_text="How many the model has")
    price = models.FloatField(null=True, blank=True, help_text="US dollars for a million tokens that it writes")
    price_in = models.FloatField(null=True, blank=True, help_text="US dollars for a million tokens that it reads")
    price_cached = models.FloatField(
        null=True, blank=True, help_text="The same for tokens that its server had read before; empty: as the others"
    )
    price_out = models.FloatField(
        null=True,
        blank=True,
        help_text="US dollars for a million tokens that it writes, by which an answer's cost is told",
    )
    prompt_template = models.CharField(max_length=60, blank=True)
    system_prompt = models.TextField(blank=True)
    context_tokens = models.PositiveIntegerField(default=UNSTATED_CONTEXT)
    temperature = models.FloatField(default=0.7)
    top_p = models.FloatField(default=1.0)
    max_new_tokens = models.PositiveIntegerField(default=256)
    options = models.JSONField(default=dict, blank=True, help_text="What this backend needs besides")
    added = models.DateTimeField(auto_now_add=True)

    objects = LanguageModelQuerySet.as_manager()

    class Meta:
        ordering = ["display_name"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_live(self) -> bool:
        """Tell whether it answers any prompt now, by the same rule as `live`."""
        return self.state == State.ACTIVE and self.kind not in ANSWERS_NOT_ANY

    @property
    def public_state(self) -> PublicState:
        """Return the state that pages show. That it has just broken could tell a voter whose side has failed."""
        if self.kind == Kind.IMPORTED:
            return PublicState.IMPORTED
        return PublicState.PAUSED if self.state == State.BROKEN else PublicState(self.state)

    @property
    def known_context_tokens(self) -> int | None:
        """Return the size of the window where it is a fact; None for what answers elsewhere and nobody has said it."""
        if self.kind in (Kind.IMPORTED, Kind.RECORDED):
            return None
        is_guessed = self.backend == "openai" and self.context_tokens == UNSTATED_CONTEXT
        return None if is_guessed else self.context_tokens

    @property
    def local_files(self) -> dict[str, str]:
        """Return the request's options by which a backend finds the model on its disk; empty for a remote one."""
        named = {"weights": self.weights, "adapter": self.adapter}
        return {kind: name for kind, name in named.items() if name}

    @property
    def pool(self) -> Pool:
        return Pool.RECORDED if self.kind == Kind.RECORDED else Pool.LIVE


class ModelAlias(models.Model):
    """A name that others use for an entry, folded, besides its slug and the name that pages show."""

    entry = models.ForeignKey(LanguageModel, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        verbose_name_plural = "model aliases"

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = folded(self.name)
        bearer = LanguageModel.objects.by_any_name().get(self.name)
        if bearer not in (None, self.entry_id):
            raise ValidationError({"name": f"{self.name!r} is a name of another entry already."})


def _names(bearers: Iterable[tuple[str, set[int]]]) -> EntryNames:
    pks, ambiguous = {}, set()
    for name, entries in bearers:
        if len(entries) == 1:
            (pks[name],) = entries
        else:
            ambiguous.add(name)
    return EntryNames(pks, frozenset(ambiguous))
