"""Offer the prompts of a set to visitors, or offer them no more."""

from arena.models import PromptSet


def offer_prompts(prompt_set: PromptSet, *, is_offered: bool) -> bool:
    """Offer the prompts of this set from now on, or no more, and tell whether that is a change.

    The prompts stay, and so do battles on them.
    """
    changed = PromptSet.objects.filter(pk=prompt_set.pk, is_offered=not is_offered).update(is_offered=is_offered)
    return bool(changed)
