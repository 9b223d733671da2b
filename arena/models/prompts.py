"""Prompts that the arena suggests, and answers recorded elsewhere to such prompts."""

from hashlib import sha256
from random import Random, SystemRandom

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: Out of so many prompts a few are drawn.
NEIGHBOURS = 64
_RNG = SystemRandom()


def prompt_key(text: str) -> str:
    """Return what tells a prompt from the others of its set: the SHA-256 of its text, hexadecimal."""
    return sha256(text.encode()).hexdigest()


class Topic(models.TextChoices):
    """The subject of a suggestion. A prompt of no topic, or of one that only its makers know, is suggested too."""

    EVERYDAY = "everyday", _("Everyday")
    WRITING = "writing", _("Writing")
    EXPLAIN = "explain", _("Explain")
    REASONING = "reasoning", _("Reasoning")
    CODE = "code", _("Code")
    MATHS = "maths", _("Maths")
    TRANSLATION = "translation", _("Translation")
    ADVICE = "advice", _("Advice")


class PromptSetQuerySet(models.QuerySet["PromptSet"]):
    def mapping_of(self, name: str) -> dict[str, str]:
        """Return what was said of the columns of the last file of the set that has this name; empty: nothing."""
        return self.filter(name=name).values_list("mapping", flat=True).first() or {}


class PromptSet(models.Model):
    slug = models.SlugField(unique=True, max_length=100)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    is_recorded = models.BooleanField(default=False, help_text="Its prompts have recorded answers and no others")
    is_offered = models.BooleanField(default=True, db_default=True, help_text="Visitors are offered its prompts")
    mapping = models.JSONField(default=dict, db_default={}, blank=True, help_text="The columns of its last file")

    objects = PromptSetQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class PromptQuerySet(models.QuerySet["Prompt"]):
    def suggested(self, language: str) -> "PromptQuerySet":
        """Return the prompts to suggest: those in this language where there are any, and else all that are offered."""
        # Not as a join: from the few sets SQLite would read all their prompts.
        prompts = self.exclude(set__in=PromptSet.objects.filter(Q(is_recorded=True) | Q(is_offered=False)))
        in_language = prompts.filter(language=language)
        return in_language if in_language.exists() else prompts

    def topics(self) -> list[Topic]:
        """Return the topics that these prompts have, in one query that looks each of them up."""
        row_of_flags = self.order_by().values_list(*(models.Exists(self.filter(topic=topic)) for topic in Topic))
        return [topic for row in row_of_flags[:1] for topic, is_there in zip(Topic, row, strict=True) if is_there]

    def at_random(self, how_many: int, rng: Random) -> "list[Prompt]":
        """Return so many of these at random, with their sets, in three queries that stay fast for a million."""
        # A key is the hash of its text, so neighbours by key have nothing in common: some around a random one will do.
        point = f"{rng.getrandbits(64):016x}"
        after, before = self.filter(key__gte=point).order_by("key"), self.filter(key__lt=point).order_by("key")
        around = [pk for part in (after, before) for pk in part.values_list("pk", flat=True)[:NEIGHBOURS]]
        chosen = rng.sample(around[:NEIGHBOURS], min(how_many, len(around), NEIGHBOURS))
        prompts = self.model.objects.select_related("set").in_bulk(chosen)
        return [prompts[pk] for pk in chosen if pk in prompts]

    def recorded_sample(self, how_many: int, *, language: str = "", rng: Random = _RNG) -> "list[Prompt]":
        """Return some prompts at random that at least two models have answered: those in this language first."""
        second = RecordedAnswer.objects.filter(prompt=models.OuterRef("pk"))[1:2]
        answered = self.filter(models.Exists(second))
        # Set by set: there are few, and the prompts of each are found by its own index among a million others.
        sets = PromptSet.objects.filter(is_recorded=True, is_offered=True).values_list("pk", flat=True)
        found = [prompt for pk in sets for prompt in answered.filter(set=pk).at_random(NEIGHBOURS, rng)]
        rng.shuffle(found)
        return sorted(found, key=lambda prompt: prompt.language != language)[:how_many]


class Prompt(models.Model):
    """A suggestion. A used prompt never changes; a battle keeps its own copy of the text."""

    set = models.ForeignKey(PromptSet, on_delete=models.PROTECT, related_name="prompts")
    key = models.CharField(max_length=64, help_text="What tells it from the others of its set")
    text = models.TextField()
    topic = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)

    objects = PromptQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["set", "key"], name="prompt_once_in_its_set")]
        indexes = [
            models.Index(fields=["key"]),
            models.Index(fields=["language", "key"]),
            models.Index(fields=["topic", "language", "key"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class RecordedAnswer(models.Model):
    """The answer that one model once gave to one prompt. An empty text is an answer too."""

    model = models.ForeignKey("arena.LanguageModel", on_delete=models.PROTECT, related_name="recorded_answers")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="recorded_answers")
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "prompt"], name="recorded_once")]

    def __str__(self) -> str:
        return f"{self.model} on {self.prompt}"
