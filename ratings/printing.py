"""A leaderboard as a table to read and as an object to parse."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

from ratings.boards import POSITION, Coefficient, Leaderboard, Row

LEFT = {"model", "flags"}  # columns of words


def as_json(board: Leaderboard) -> dict[str, Any]:
    """Return the whole board as plain values; None stands for what is not known."""
    return {
        "models": [_known(asdict(row)) for row in board],
        "method": asdict(board.method),
        "votes": _whole(board.votes),
        "components": [list(component) for component in board.components],
        "style": [asdict(coefficient) for coefficient in board.style],
        "nameless": board.nameless,
    }


def as_text(board: Leaderboard) -> str:
    """Return a table for each component, and under them a line on what the figures are."""
    tables = [_table([board[model] for model in _by_rank(board, component)]) for component in board.components]
    apart = "\n\nNo vote connects these with the models above, so they cannot be compared:\n"
    style = [_sentence(coefficient) for coefficient in board.style]
    return "\n\n".join([apart.join(tables) or "No votes.", *style, _facts(board)])


def _sentence(coefficient: Coefficient) -> str:
    unit = "side A" if coefficient.name == POSITION else f"{coefficient.scale:.3g} more {coefficient.name}"
    interval = f"{coefficient.lower:+.1f} to {coefficient.upper:+.1f}"
    return f"{unit} is worth {coefficient.points:+.1f} points ({interval})"


def _by_rank(board: Leaderboard, component: Iterable[Any]) -> list[Any]:
    members = set(component)
    return [row.model for row in board if row.model in members]


def _table(rows: Sequence[Row]) -> str:
    cells = [_cells(row) for row in rows]
    heads = [name for name in cells[0] if any(row[name] for row in cells)]
    widths = {name: max(len(name), *(len(row[name]) for row in cells)) for name in heads}
    lines = [dict(zip(heads, heads, strict=True)), *cells]
    return "\n".join("  ".join(_padded(line[name], name, widths[name]) for name in heads).rstrip() for line in lines)


def _padded(text: str, name: str, width: int) -> str:
    return text.ljust(width) if name in LEFT else text.rjust(width)


def _cells(row: Row) -> dict[str, str]:
    return {
        "rank": str(row.rank),
        "model": str(row.model),
        "rating": f"{row.rating:.0f}",
        "95%": "" if isnan(row.lower) else f"{row.lower:.0f} to {row.upper:.0f}",
        "votes": f"{row.votes:,.10g}",
        "win rate": "" if isnan(row.win_rate) else f"{row.win_rate:.0%}",
        "both bad": f"{row.both_bad_rate:.0%}" if row.both_bad_rate > 0 else "",
        "Elo": "" if row.elo is None else f"{row.elo:.0f}",
        "flags": ", ".join(flag.replace("_", " ") for flag in row.flags),
    }


def _facts(board: Leaderboard) -> str:
    method = board.method
    ties = {"half": "a tie is half a win for each"}.get(method.ties, f"ties by {method.ties.title()}")
    votes = _whole(board.votes)
    ways = " and ".join(name for name, is_by in (("voter", method.by_voter), ("prompt", method.by_prompt)) if is_by)
    prior = f"{method.prior} prior" if method.prior != "none" else "no prior"
    parts = [_counted(votes), ties, prior, f"{method.intervals} intervals{' by ' if ways else ''}{ways}"]
    if board.nameless:
        parts.append(f"{_counted(board.nameless)} without a voter, each taken for another person's")
    if method.anchor is not None:
        parts.append("{} fixed at {:g}".format(*method.anchor))
    return "; ".join(parts) + ". 400 points are odds of ten to one."


def _counted(votes: float) -> str:
    return f"{votes:,} vote{'' if votes == 1 else 's'}"


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and isnan(value) else value for name, value in values.items()}


def _whole(votes: float) -> float:
    return int(votes) if votes == int(votes) else votes
