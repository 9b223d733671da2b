"""What draws the images that link previews have: letters, lines and dots, all of them smooth.

The font is the one that Pillow carries, which has Latin letters and few marks besides.
"""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
#: The picture is drawn twice as large and made smaller, which smooths every edge.
SCALE = 2
#: So few colours make the file a quarter as large, and nobody sees it.
COLOURS = 128
PAPER, INK, QUIET, LINE, ACCENT = "#faf9f7", "#1c1b19", "#5f5c55", "#dedbd3", "#0f5f5c"
SIDE_A, SIDE_B = "#4a55a2", "#8a560b"

Point = tuple[float, float]


class Picture:
    """An empty picture of WIDTH x HEIGHT pixels, and the pen that draws on it."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self.pen = Pen(ImageDraw.Draw(self._image))

    def png(self) -> bytes:
        """Return what was drawn until now, as a file."""
        file = BytesIO()
        small = self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(COLOURS).save(file, "PNG", optimize=True)
        return file.getvalue()


class Pen:
    """A pen that draws in the image's own pixels, whatever SCALE is."""

    def __init__(self, drawing: ImageDraw.ImageDraw) -> None:
        self._drawing = drawing

    def text(self, at: Point, words: str, size: int, colour: str, *, anchor: str = "lm") -> None:
        self._drawing.text(_scaled(at), words, fill=colour, font=_font(size), anchor=anchor)

    def line(self, start: Point, end: Point, width: int, colour: str) -> None:
        self._drawing.line([_scaled(start), _scaled(end)], fill=colour, width=width * SCALE)

    def dot(self, at: Point, radius: int, colour: str) -> None:
        self._drawing.circle(_scaled(at), radius * SCALE, fill=colour, outline=ACCENT, width=3 * SCALE)

    def mark(self, at: Point, radius: int) -> None:
        """Draw the two facing half-discs."""
        self._half_disc((at[0] - 2, at[1]), radius, 90, 270, SIDE_A)
        self._half_disc((at[0] + 2, at[1]), radius, 270, 450, SIDE_B)

    def disc(self, at: Point, radius: int, colour: str) -> None:
        self._drawing.circle(_scaled(at), radius * SCALE, fill=colour)

    def _half_disc(self, at: Point, radius: int, start: int, end: int, colour: str) -> None:
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
