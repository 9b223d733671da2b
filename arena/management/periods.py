"""How long something holds, as an operator types it."""

import re
from argparse import ArgumentTypeError
from datetime import timedelta

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_PERIOD = re.compile(r"([1-9]\d{0,3})([hdw])")


def period(text: str) -> timedelta:
    """Return the time that a text such as 12h, 7d or 4w means. Raises ArgumentTypeError."""
    if (found := _PERIOD.fullmatch(text)) is None:
        raise ArgumentTypeError(f"{text!r} is no time: write hours, days or weeks, such as 12h, 7d or 4w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
