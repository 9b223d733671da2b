"""A chart of one gap: its interval, the fainter band that may be watched, and the margin that counts as none."""

from dataclasses import dataclass

WIDTH, HEIGHT = 100.0, 24.0
BAND, INTERVAL, MIDDLE = 12.0, 6.0, 0.8
#: The chart reaches so much beyond what it shows, and at least so many margins.
ROOM, MARGINS = 1.08, 2.0


@dataclass(frozen=True)
class Part:
    """A rectangle. name: what it shows; x, width: in percent of the chart."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class GapChart:
    """The parts from the back to the front, zero in the middle."""

    parts: tuple[Part, ...]
    width: float = WIDTH
    height: float = HEIGHT
    zero: float = WIDTH / 2


def gap_chart(points: float, *, half_width: float, watched: float, margin: float) -> GapChart:
    """Return the chart of a gap in points, with the half-widths of its interval and of its band."""
    reach = ROOM * max(abs(points) + watched, MARGINS * margin, 1.0)

    def at(value: float) -> float:
        return WIDTH / 2 * (1 + value / reach)

    def part(name: str, middle: float, half: float, height: float) -> Part:
        low, high = at(middle - half), at(middle + half)
        return Part(name, round(low, 2), (HEIGHT - height) / 2, round(high - low, 2), height)

    dot = Part("middle", round(at(points) - MIDDLE / 2, 2), (HEIGHT - BAND) / 2, MIDDLE, BAND)
    return GapChart(
        (
            part("margin", 0.0, margin, HEIGHT),
            part("band", points, watched, BAND),
            part("interval", points, half_width, INTERVAL),
            dot,
        )
    )
