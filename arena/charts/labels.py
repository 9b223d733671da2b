"""Names that fit where they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

#: A longer name is cut: where it shares its room with others, and where it has a column of its own.
MAX_LETTERS, MAX_IN_COLUMN = 20, 24
#: About the width of a letter, in pixels.
LETTER = 7.5


@dataclass(frozen=True)
class Label:
    """A piece of text at a place in pixels. full: the whole name where it was cut, else empty."""

    x: float
    y: float
    text: str
    full: str = ""


def label(x: float, y: float, name: str, *, max_letters: int = MAX_LETTERS) -> Label:
    """Return the name as a label, with an ellipsis where it is longer than fits."""
    text = cut(name, max_letters)
    return Label(x, y, text, "" if text == name else name)


def cut(name: str, max_letters: int = MAX_LETTERS) -> str:
    """Return the text cut to this width in letters, an East Asian one counted as two."""
    if letters(name) <= max_letters:
        return name
    shortened = name
    while letters(shortened) > max_letters - 1:
        shortened = shortened[:-1]
    return shortened.rstrip() + "…"


def column_width(names: Iterable[str]) -> int:
    """Return how wide a column is that holds these names, in pixels."""
    return round(LETTER * min(MAX_IN_COLUMN, max(map(letters, names), default=0)))


def letters(text: str) -> int:
    """Return how wide the text is, an East Asian letter counted as two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def spread(places: Sequence[float], *, gap: float, lowest: float, highest: float) -> list[float]:
    """Return the places moved as little as keeps them `gap` apart, in their order, if there is room for that."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    floor = lowest
    for index in order:
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    ceiling = highest
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return [round(place, 1) for place in moved]
