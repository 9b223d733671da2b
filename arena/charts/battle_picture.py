"""A battle as one image in the size that link previews have: who met, and which of the two was preferred."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from arena.charts.pen import ACCENT, INK, LINE, QUIET, SIDE_A, SIDE_B, WIDTH, Pen, Picture

EDGE, HEAD, FIRST, ROW, RADIUS = 64, 84, 260, 150, 44
#: The width of the box around the preferred one, and the room that its mark takes at the end of it.
BOX, MARK = 4, 190
LETTERS = (("A", SIDE_A), ("B", SIDE_B))


@dataclass(frozen=True)
class BattlePicture:
    """What is drawn, in Latin letters. names: of A and of B; of one only where one answered. preferred: its place."""

    title: str
    facts: str
    names: tuple[str, ...]
    preferred: int | None = None


@lru_cache(maxsize=64)
def battle_png(battle: BattlePicture) -> bytes:
    """Return a PNG of WIDTH x HEIGHT pixels; the same battle is drawn once and then remembered."""
    picture = Picture()
    pen = picture.pen
    pen.mark((EDGE + 32, HEAD), 32)
    pen.text((EDGE + 84, HEAD), pen.shortened(battle.title, 52, WIDTH - 2 * EDGE - 84), 52, INK)
    pen.text((EDGE, 160), pen.shortened(battle.facts, 30, WIDTH - 2 * EDGE), 30, QUIET)
    for place, name in enumerate(battle.names):
        _draw_side(pen, place, name, is_preferred=place == battle.preferred)
    return picture.png()


def _draw_side(pen: Pen, place: int, name: str, *, is_preferred: bool) -> None:
    (letter, colour), y = LETTERS[place], FIRST + place * (ROW + 24) + ROW / 2
    _draw_box(pen, y, ACCENT if is_preferred else LINE)
    pen.disc((EDGE + 80, y), RADIUS, colour)
    pen.text((EDGE + 80, y), letter, 44, "#ffffff", anchor="mm")
    end = WIDTH - EDGE - 32
    room = end - (EDGE + 150) - (MARK if is_preferred else 0)
    pen.text((EDGE + 150, y), pen.shortened(name, 50, room), 50, INK)
    if is_preferred:
        pen.text((end, y), "preferred", 34, ACCENT, anchor="rm")


def _draw_box(pen: Pen, y: float, colour: str) -> None:
    top, bottom, left, right = y - ROW / 2, y + ROW / 2, EDGE, WIDTH - EDGE
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    for start, end in pairwise(corners):
        pen.line(start, end, BOX, colour)
