"""Another classifier, as an operator may name one in ARENA_CATEGORIES: what has a question mark is a question."""

from arena.categories import Category

RULES_VERSION = "other-1"
CATEGORIES = {"question": Category("question", "Questions", "kind", "Prompts with a question mark.")}


def categories_of(turns):
    return frozenset({"question"} if any("?" in turn for turn in turns) else ())
