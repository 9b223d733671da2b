"""The board as one image in the size that link previews have. It is drawn in English."""

from dataclasses import dataclass
from functools import lru_cache

from arena.charts.axis import linear_axis
from arena.charts.intervals import RatedModel
from arena.charts.pen import ACCENT, INK, LINE, PAPER, QUIET, WIDTH, Pen, Picture

EDGE, TOP, BOTTOM, HIGHEST_ROW = 64, 172, 562, 60
#: The places where ranks end, names begin and end, and the scale begins and ends.
RANKS, NAMES, NAMES_END, LEFT, RIGHT = 128, 148, 520, 552, 1000


@dataclass(frozen=True)
class Preview:
    """The board to draw: its title, a line of facts below it, and its rows.

    title: one line. rows: the rank as a page shows it, and the model; at most ten fit.
    """

    title: str
    facts: str
    rows: tuple[tuple[str, RatedModel], ...]


@lru_cache(maxsize=4)
def preview_png(preview: Preview) -> bytes:
    """Return a PNG of WIDTH x HEIGHT pixels; the same board is drawn once and then remembered."""
    picture = Picture()
    _draw_head(picture.pen, preview)
    if preview.rows:
        _draw_rows(picture.pen, preview.rows)
    return picture.png()


def _draw_head(pen: Pen, preview: Preview) -> None:
    pen.mark((EDGE + 28, 72), 28)
    pen.text((EDGE + 76, 72), pen.shortened(preview.title, 52, WIDTH - 2 * EDGE - 76), 52, INK)
    pen.text((EDGE, 130), preview.facts, 24, QUIET)


def _draw_rows(pen: Pen, rows: tuple[tuple[str, RatedModel], ...]) -> None:
    axis = linear_axis([end for _, model in rows for end in (model.lower, model.upper)], start=LEFT, end=RIGHT)
    height = min(HIGHEST_ROW, (BOTTOM - TOP) / len(rows))
    bottom = TOP + height * len(rows)
    for tick in axis.ticks:
        pen.line((tick.at, TOP), (tick.at, bottom), 1, LINE)
        pen.text((tick.at, bottom + 18), tick.text, 20, QUIET, anchor="mm")
    for place, (rank, model) in enumerate(rows):
        y = TOP + height * (place + 0.5)
        pen.text((RANKS, y), rank, 26, QUIET, anchor="rm")
        pen.text((NAMES, y), pen.shortened(model.name, 28, NAMES_END - NAMES), 28, INK)
        pen.line((axis.at(model.lower), y), (axis.at(model.upper), y), 4, ACCENT)
        pen.dot((axis.at(model.rating), y), 8, PAPER if model.is_provisional else ACCENT)
        pen.text((WIDTH - EDGE, y), f"{model.rating:.0f}", 28, INK, anchor="rm")
