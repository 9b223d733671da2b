"""The sets of prompts as an operator sees them."""

from django.db.models import Count, QuerySet

from arena.models import PromptSet


def prompt_sets() -> "QuerySet[PromptSet]":
    """Return the sets by name, each with `size`, the number of its prompts."""
    return PromptSet.objects.annotate(size=Count("prompts")).order_by("name")
