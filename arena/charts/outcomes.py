"""How the votes between two entries fell, as one bar."""

from collections.abc import Iterable
from dataclasses import dataclass

WIDTH, HEIGHT = 100, 8


@dataclass(frozen=True)
class Segment:
    """name: what it counts; start, width: in percent of the bar."""

    name: str
    start: float
    width: float
    height: int = HEIGHT


def outcome_bar(counts: Iterable[tuple[str, float]]) -> tuple[Segment, ...]:
    """A segment for each count above 0, in this order; none where all are 0."""
    shown = [(name, count) for name, count in counts if count > 0]
    total, start, segments = sum(count for _, count in shown), 0.0, []
    for name, count in shown:
        width = WIDTH * count / total
        segments.append(Segment(name, round(start, 2), round(width, 2)))
        start += width
    return tuple(segments)
