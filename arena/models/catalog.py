"""Who competes: an entry is one model with its settings."""

from itertools import count

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    MODEL = "model", _("model")
    FINE_TUNE = "fine_tune", _("fine-tune")
    CONFIGURATION = "configuration", _("configuration")
    RECORDED = "recorded", _("recorded answers")
    MODERATOR = "moderator", _("moderation model")
    IMPORTED = "imported", _("imported votes")


class State(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    RETIRED = "retired", _("retired")


class Pool(models.TextChoices):
    """Entries of different pools never meet: live ones answer any prompt, recorded ones only what they have."""

    LIVE = "live"
    RECORDED = "recorded"


class LanguageModelQuerySet(models.QuerySet["LanguageModel"]):
    def competing(self) -> "LanguageModelQuerySet":
        """Entries that may have a rating, and so have a page: all but moderation models."""
        return self.exclude(kind=Kind.MODERATOR)

    def live(self) -> "LanguageModelQuerySet":
        """Entries that answer any prompt now."""
        return self.filter(state=State.ACTIVE).exclude(kind__in=(Kind.RECORDED, Kind.MODERATOR, Kind.IMPORTED))

    def recorded(self) -> "LanguageModelQuerySet":
        """Entries that have an answer to some prompts only."""
        return self.filter(state=State.ACTIVE, kind=Kind.RECORDED)

    def free_slug(self, name: str, *, nameless: str) -> str:
        """A slug after this name that no entry has; after `nameless` where a slug can hold nothing of the name."""
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

    backend = models.CharField(max_length=40)
    weights = models.CharField(max_length=100, blank=True, help_text="Entries with the same weights share one worker")
    adapter = models.CharField(max_length=100, blank=True, help_text="A LoRA adapter on these weights")
    parameters = models.PositiveBigIntegerField(null=True, blank=True, help_text="How many the model has")
    price = models.FloatField(null=True, blank=True, help_text="US dollars for a million tokens that it writes")
    prompt_template = models.CharField(max_length=60, blank=True)
    system_prompt = models.TextField(blank=True)
    context_tokens = models.PositiveIntegerField(default=2048)
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
    def local_files(self) -> dict[str, str]:
        """What a backend needs to find the model on its disk, for a request's options; nothing for a remote one."""
        named = {"weights": self.weights, "adapter": self.adapter}
        return {kind: name for kind, name in named.items() if name}

    @property
    def pool(self) -> Pool:
        return Pool.RECORDED if self.kind == Kind.RECORDED else Pool.LIVE
