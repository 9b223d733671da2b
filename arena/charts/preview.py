"""The board as one image in the size that link previews have.

It is drawn in English, with the font that Pillow carries, which has Latin letters and few marks besides.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from arena.charts.axis import linear_axis
from arena.charts.intervals import RatedModel

WIDTH, HEIGHT = 1200, 630
EDGE, TOP, BOTTOM, HIGHEST_ROW = 64, 172, 562, 60
#: The places where ranks end, names begin and end, and the scale begins and ends.
RANKS, NAMES, NAMES_END, LEFT, RIGHT = 128, 148, 520, 552, 1000
#: The picture is drawn twice as large and made smaller, which smooths every edge.
SCALE = 2
#: So few colours make the file a quarter as large, and nobody sees it.
COLOURS = 128
PAPER, INK, QUIET, LINE, ACCENT = "#faf9f7", "#1c1b19", "#5f5c55", "#dedbd3", "#0f5f5c"
SIDES = (("#4a55a2", 90, 270), ("#8a560b", 270, 450))

Point = tuple[float, float]


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
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    pen = _Pen(ImageDraw.Draw(image))
    _draw_head(pen, preview)
    if preview.rows:
        _draw_rows(pen, preview.rows)
    file = BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(COLOURS).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_head(pen: "_Pen", preview: Preview) -> None:
    for colour, start, end in SIDES:
        pen.half_disc((EDGE + 28 + (2 if start == 270 else -2), 72), 28, start, end, colour)
    pen.text((EDGE + 76, 72), pen.shortened(preview.title, 52, WIDTH - 2 * EDGE - 76), 52, INK)
    pen.text((EDGE, 130), preview.facts, 24, QUIET)


def _draw_rows(pen: "_Pen", rows: tuple[tuple[str, RatedModel], ...]) -> None:
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


class _Pen:
    """A pen that draws in the image's own pixels, whatever SCALE is."""

    def __init__(self, drawing: ImageDraw.ImageDraw) -> None:
        self._drawing = drawing

    def text(self, at: Point, words: str, size: int, colour: str, *, anchor: str = "lm") -> None:
        self._drawing.text(_scaled(at), words, fill=colour, font=_font(size), anchor=anchor)

    def line(self, start: Point, end: Point, width: int, colour: str) -> None:
        self._drawing.line([_scaled(start), _scaled(end)], fill=colour, width=width * SCALE)

    def dot(self, at: Point, radius: int, colour: str) -> None:
        self._drawing.circle(_scaled(at), radius * SCALE, fill=colour, outline=ACCENT, width=3 * SCALE)

    def half_disc(self, at: Point, radius: int, start: int, end: int, colour: str) -> None:
        (x, y), reach = _scaled(at), radius * SCALE
        self._drawing.pieslice([x - reach, y - reach, x + reach, y + reach], start, end, fill=colour)

    def shortened(self, words: str, size: int, width: float) -> str:
        """Return the words, cut with three points where they are wider than this."""
        if self._drawing.textlength(words, _font(size)) <= width * SCALE:
            return words
        while words and self._drawing.textlength(f"{words}...", _font(size)) > width * SCALE:
            words = words[:-1]
        return f"{words.rstrip()}..."


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * SCALE)
