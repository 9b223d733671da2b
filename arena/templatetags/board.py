"""How boards write a chance, a number with its sign and a cell: `{% load board %}`."""

from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

#: A chance in whole percent never is 0 or 100: no rating makes anything certain.
LOWEST, HIGHEST = 1, 99


@register.filter
def percent(chance: float) -> str:
    """Return a chance from 0 to 100 in words, without the sign of percent: such as "64", "<1" or ">99"."""
    whole = round(chance)
    if whole < LOWEST:
        return f"<{LOWEST}"
    return f">{HIGHEST}" if whole > HIGHEST else str(whole)


def whole_percent(chance: float) -> int:
    """Return the same chance as a number from 1 to 99, for programs."""
    return min(HIGHEST, max(LOWEST, round(chance)))


@register.filter
def signed(value: float) -> str:
    """Return a number in hundredths, one below zero with a minus that is as wide as a digit."""
    return str(floatformat(value, 2)).replace("-", "−")


@register.filter
def signed_points(points: float) -> str:
    """Return a difference in whole points with its sign, such as "+62" or "−5"; "0" for none."""
    whole = round(points)
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"


@register.filter
def cell(row: Any, column: Any) -> SafeString:
    """Return this row's cell of an arena.leaderboard.columns.BoardColumn, with a dash for nothing."""
    text: str | None = column.text(row)
    return format_html('<td class="{}">{}</td>', column.css, "–" if text is None else text)
