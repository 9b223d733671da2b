"""The 26 categories that `benchmarks.board` needs. It writes a vote's categories into its database directly."""

from arena.categories import Category

RULES_VERSION = "bench-1"
CATEGORIES = {f"c{number}": Category(f"c{number}", f"C{number}", "kind", "For the benchmark.") for number in range(26)}


def categories_of(turns: object) -> frozenset[str]:
    """Return none: no vote is put into a category anew."""
    return frozenset()
