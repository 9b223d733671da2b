"""Scales with round numbers on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

#: An axis has about so many steps. Steps are whole, as votes, points and percent are.
STEPS, MIN_STEP = 5, 1.0
MAX_LOG_TICKS = 7
#: A smaller number is written out.
MAX_PLAIN = 9_999.5
SIZES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True)
class Axis:
    """A scale from `start` to `end` in pixels.

    values: the round numbers on it, ascending; the outer ones are its ends.
    """

    values: tuple[float, ...]
    start: float
    end: float
    is_logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return where the value lies, in pixels."""
        low, high, here = (log10(v) if self.is_logarithmic else v for v in (self.values[0], self.values[-1], value))
        return round(self.start + (self.end - self.start) * (here - low) / (high - low), 1)

    @property
    def ticks(self) -> "tuple[Tick, ...]":
        """The round numbers of the scale, each with its place."""
        return tuple(Tick(self.at(value), short_number(value)) for value in self.values)


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


def linear_axis(values: Iterable[float], *, start: float, end: float) -> Axis:
    """Return an axis that holds all values, of which there is at least one; they may all be the same."""
    known = list(values)
    step = _step(max(known) - min(known))
    first = floor(min(known) / step)
    last = max(ceil(max(known) / step), first + 1)
    return Axis(tuple(number * step for number in range(first, last + 1)), start, end)


def log_axis(values: Iterable[float], *, start: float, end: float) -> Axis:
    """Return a logarithmic axis for values above zero of any size: each step is a factor."""
    known = list(values)
    decades = range(floor(log10(min(known))), ceil(log10(max(known))) + 2)
    ticks = _around(known, [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)])
    if len(ticks) > MAX_LOG_TICKS:
        ticks = _around(known, [10.0**decade for decade in decades])
    return Axis(tuple(ticks), start, end, is_logarithmic=True)


def short_number(value: float) -> str:
    """Return the number in few characters: 0.05, 950, 1234, 12k, 1.5M, 7B.

    There are at most four characters from 0.01 up to a thousand trillions.
    """
    if 0 < value < 1:
        return f"{value:.2g}"
    if value < MAX_PLAIN:
        return f"{value:.0f}"
    # A number just below the next size is shown in that size: 999 800 is 1M, not 1000k.
    size, letter = next((size, letter) for size, letter in SIZES if value >= 0.9995 * size)
    return f"{value / size:.1f}".removesuffix(".0") + letter if value < 9.95 * size else f"{value / size:.0f}{letter}"


def _step(span: float) -> float:
    wanted = max(span / STEPS, MIN_STEP)
    power = 10.0 ** floor(log10(wanted))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= wanted)


def _around(values: list[float], ticks: list[float]) -> list[float]:
    """Return the ticks from the last one at or below all values to the first one above them."""
    below = max((tick for tick in ticks if tick <= min(values)), default=ticks[0])
    above = min(tick for tick in ticks if tick > max(values))
    return [tick for tick in ticks if below <= tick <= above]
