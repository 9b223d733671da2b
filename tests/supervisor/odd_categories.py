"""A key that would be cut in two where keys are stored with spaces between."""

from arena.categories import CATEGORIES as KNOWN

RULES_VERSION = "odd-1"
CATEGORIES = {"Over all": KNOWN["code"]}


def categories_of(turns):
    return frozenset(CATEGORIES)
