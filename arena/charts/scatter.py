"""A chart of two measures of each model: a dot for each, named where there is room."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from arena.charts.axis import Axis, Tick, linear_axis, log_axis
from arena.charts.labels import Label, cut, letters

WIDTH, HEIGHT, TOP, FOOT = 720, 360, 16, 32
LEFT, RIGHT, RADIUS = 52, 640, 5
#: Pixels of a name: for a letter, from its middle to its upper or lower edge, and from the dot.
LETTER, HALF, AWAY = 7.5, 8, 9


@dataclass(frozen=True)
class MeasuredModel:
    name: str
    measure: float
    rating: float


@dataclass(frozen=True)
class Dot:
    """The dot of a model. name: for a pointer to find; label: None where it would lie on another dot or name.

    anchor: which part of the label is at its x, as SVG calls it: start, middle or end.
    """

    x: float
    y: float
    name: str
    label: Label | None = None
    anchor: str = "start"


@dataclass(frozen=True)
class Scatter:
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    upward: tuple[Tick, ...]
    radius: float = RADIUS
    left: float = LEFT
    right: float = RIGHT
    width: float = WIDTH
    height: float = HEIGHT
    top: float = TOP

    @property
    def bottom(self) -> float:
        return self.height - FOOT


@dataclass(frozen=True)
class _Box:
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def scatter(models: Sequence[MeasuredModel], *, is_logarithmic: bool = False) -> Scatter | None:
    """Return a dot for each model, or None without models.

    models: those named first if not all names fit. measure: above zero if logarithmic.
    """
    if not models:
        return None
    measures = [model.measure for model in models]
    across = (log_axis if is_logarithmic else linear_axis)(measures, start=LEFT, end=RIGHT)
    upward = linear_axis([model.rating for model in models], start=HEIGHT - FOOT, end=TOP)
    return Scatter(tuple(_dots(models, across, upward)), across.ticks, upward.ticks)


def _dots(models: Iterable[MeasuredModel], across: Axis, upward: Axis) -> Iterator[Dot]:
    dots = [Dot(across.at(model.measure), upward.at(model.rating), model.name) for model in models]
    taken = [_Box(dot.x - RADIUS, dot.x + RADIUS, dot.y - RADIUS, dot.y + RADIUS) for dot in dots]
    for dot in dots:
        named, box = next((place for place in _named(dot) if _is_free(place[1], taken)), (dot, None))
        if box:
            taken.append(box)
        yield named


def _named(dot: Dot) -> Iterator[tuple[Dot, _Box]]:
    """Yield the dot with its name at the right, left, below and above, each with the room that the name takes."""
    text = cut(dot.name)
    width = LETTER * letters(text)
    for anchor, x, y in (
        ("start", dot.x + AWAY, dot.y),
        ("end", dot.x - AWAY, dot.y),
        ("middle", dot.x, dot.y + 2 * AWAY),
        ("middle", dot.x, dot.y - 2 * AWAY),
    ):
        left = x - width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        label = Label(round(x, 1), round(y, 1), text)
        yield Dot(dot.x, dot.y, dot.name, label, anchor), _Box(left, left + width, y - HALF, y + HALF)


def _is_free(box: _Box, taken: Iterable[_Box]) -> bool:
    is_inside = box.left >= LEFT and box.right <= WIDTH and box.top >= 0 and box.bottom <= HEIGHT - FOOT
    return is_inside and not any(box.meets(other) for other in taken)
