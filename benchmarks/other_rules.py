"""As many categories as `benchmarks.board` asks for; which a vote is in is written into its database directly."""

from arena.categories import Category

RULES_VERSION = "bench-1"
CATEGORIES = {f"c{number}": Category(f"c{number}", f"C{number}", "kind", "For the benchmark.") for number in range(26)}


def categories_of(turns: object) -> frozenset[str]:
    """None: nothing is tagged anew."""
    return frozenset()
