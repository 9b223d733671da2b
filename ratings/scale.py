"""Log-odds and points: by default 400 points are odds of ten to one, around 1000."""

from math import log

from ratings.arrays import FloatArray

START = 1000.0
SCALE = 400.0
BASE = 10.0
POINTS_PER_LOG_ODD = SCALE / log(BASE)


def to_points(log_odds: FloatArray, *, start: float = START, scale: float = SCALE, base: float = BASE) -> FloatArray:
    """Return start + scale * log_base(odds), (n,). log_odds: (n,) natural log-odds against a model at start."""
    return start + width_in_points(log_odds, scale=scale, base=base)


def to_log_odds(points: FloatArray, *, start: float = START, scale: float = SCALE, base: float = BASE) -> FloatArray:
    """Return the natural log-odds (n,) against a model at start. points: (n,)."""
    return (points - start) * (log(base) / scale)


def width_in_points(log_odds: FloatArray, *, scale: float = SCALE, base: float = BASE) -> FloatArray:
    """Return a difference or a half-width of log-odds (n,) in points, without the start."""
    return log_odds * (scale / log(base))
