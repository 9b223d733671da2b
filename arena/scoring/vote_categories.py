"""The categories of counted votes: rows of their own, read beside the votes in the order of counting."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from arena.models import VoteCategory
from arena.models.inserting import insert_rows

#: Parameters of one query: SQLite takes some 30 000.
AT_ONCE = 5000

Keys = tuple[str, ...]


def with_categories(
    rows: Iterable[Sequence[Any]], categories: "QuerySet[VoteCategory]"
) -> Iterator[tuple[Sequence[Any], Keys]]:
    """Yield each row with the keys of its categories, sorted.

    rows: of counted votes, their number first, in the order of counting. categories: those of these votes at least.
    """
    keys_by_number = _by_number(categories)
    number, keys = next(keys_by_number, (0, ()))
    for row in rows:
        while number and number < row[0]:
            number, keys = next(keys_by_number, (0, ()))
        yield row, keys if number == row[0] else ()


def categories_of(numbers: Sequence[int]) -> dict[int, Keys]:
    """Return the keys of the votes with these numbers, by number; a vote without any is left out."""
    keys: dict[int, Keys] = {}
    for start in range(0, len(numbers), AT_ONCE):
        keys |= dict(_by_number(VoteCategory.objects.filter(counted__in=numbers[start : start + AT_ONCE])))
    return keys


def add_categories(keys: Iterable[tuple[int, Keys]]) -> None:
    """Store the categories of votes that have none yet, by their numbers."""
    insert_rows(VoteCategory, ("counted_id", "category"), ((number, key) for number, each in keys for key in each))


def replace_categories(keys: Collection[tuple[int, Keys]]) -> None:
    """Store these categories in place of those that the votes with these numbers have."""
    numbers = [number for number, _ in keys]
    for start in range(0, len(numbers), AT_ONCE):
        VoteCategory.objects.filter(counted__in=numbers[start : start + AT_ONCE]).delete()
    add_categories(keys)


def _by_number(categories: "QuerySet[VoteCategory]") -> Iterator[tuple[int, Keys]]:
    rows = categories.order_by("counted_id", "category").values_list("counted_id", "category")
    known: dict[Keys, Keys] = {}  # one tuple for all votes of the same categories: there may be a million
    for number, group in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        keys = tuple(key for _, key in group)
        yield number, known.setdefault(keys, keys)
