"""Prompts that the arena suggests, and answers recorded elsewhere to such prompts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """What a suggestion is about. A prompt of no topic, or of one that only its makers know, is suggested too."""

    EVERYDAY = "everyday", _("Everyday")
    WRITING = "writing", _("Writing")
    EXPLAIN = "explain", _("Explain")
    REASONING = "reasoning", _("Reasoning")
    CODE = "code", _("Code")
    MATHS = "maths", _("Maths")
    TRANSLATION = "translation", _("Translation")
    ADVICE = "advice", _("Advice")


class PromptSet(models.Model):
    slug = models.SlugField(unique=True, max_length=100)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=100, blank=True)
    is_recorded = models.BooleanField(default=False, help_text="Its prompts have recorded answers and no others")

    def __str__(self) -> str:
        return self.name


class PromptQuerySet(models.QuerySet["Prompt"]):
    def suggested(self, language: str) -> "PromptQuerySet":
        """Prompts to suggest; those in the visitor's language where there are any."""
        prompts = self.filter(set__is_recorded=False)
        in_language = prompts.filter(language=language)
        return in_language if in_language.exists() else prompts

    def at_random(self, how_many: int) -> "list[Prompt]":
        """So many of these, with their sets."""
        return list(self.select_related("set").order_by("?")[:how_many])

    def recorded_sample(self, how_many: int) -> "list[Prompt]":
        """Some prompts at random that at least two models have answered."""
        answered = self.filter(set__is_recorded=True).annotate(answers=models.Count("recorded_answers"))
        return list(answered.filter(answers__gte=2).order_by("?")[:how_many])


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

    def __str__(self) -> str:
        return self.text[:60]


class RecordedAnswer(models.Model):
    """What one model once answered to one prompt. An empty text is an answer too."""

    model = models.ForeignKey("arena.LanguageModel", on_delete=models.PROTECT, related_name="recorded_answers")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="recorded_answers")
    text = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "prompt"], name="recorded_once")]

    def __str__(self) -> str:
        return f"{self.model} on {self.prompt}"
