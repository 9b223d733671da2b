"""The categories of a battle, by rules on what the visitor wrote; no model and no other service is asked."""

from collections.abc import Sequence

from arena.categories.code import is_code
from arena.categories.creative import is_creative
from arena.categories.hard import is_hard
from arena.categories.instructions import has_instructions
from arena.categories.language import language_key
from arena.categories.lengths import length_keys
from arena.categories.mathematics import is_math
from arena.categories.names import CATEGORIES, Category
from arena.categories.prompt import read

#: It changes with each change of a rule; votes counted by other rules are then counted again.
RULES_VERSION = "2026-11-2"

__all__ = ["CATEGORIES", "RULES_VERSION", "Category", "categories_of"]


def categories_of(turns: Sequence[str]) -> frozenset[str]:
    """Return the keys of all categories of a battle, or none where all its messages are erased.

    turns: the visitor's messages, oldest first.
    """
    prompt = read(turns)
    if not prompt.text:
        return frozenset()
    spoken = language_key(prompt)
    code = is_code(prompt)
    math = is_math(prompt, code=code)
    creative = is_creative(prompt, language=spoken)
    kinds = {
        "code": code,
        "math": math,
        "creative": creative,
        "instructions": has_instructions(prompt, language=spoken),
        "hard": is_hard(prompt, code=code, math=math, creative=creative),
    }
    return length_keys(prompt) | {spoken} | {key for key, holds in kinds.items() if holds}
