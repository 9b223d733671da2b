"""The command line of `python -m ratings`."""

import argparse
from pathlib import Path

from ratings.method import INTERVALS, ROUNDS, TIES, RatingMethod
from ratings.prior import PRIORS

_MAPPING = "what the file calls model_a, model_b or winner, such as model_a=Left"
_WORDS = "what the file's words for winners mean, such as 1=model_a 2=model_b 0=tie"


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its help is the manual."""
    asks = argparse.ArgumentParser(
        prog="python -m ratings",
        description="The leaderboard of a file of votes with the columns model_a, model_b and winner "
        "(model_a, model_b, tie, both_bad, other words of the field for these, or the name of one of the two). "
        "Rows are counted from 1; those that are no votes are rejected with the reason.",
        epilog="python -m ratings decide --help: whether one model may replace another.",
    )
    file(asks)
    add = asks.add_argument
    add("--ties", choices=list(TIES), default="half", help="what a tie is: half a win each, or an outcome of a model")
    add("--intervals", choices=INTERVALS, default="", help="default: hc3; for davidson and rao-kupper: sandwich")
    add("--prior", choices=list(PRIORS), default="", help="of all strengths; default: normal, if ties are half wins")
    add("--style", type=_names, default=(), metavar="COL,COL...", help="differences, side A minus B, to control for")
    add("--position", action="store_true", help="control for the side an answer stood on")
    add("--category", metavar="COL", help="a board for each value of this column, too")
    add("--anchor", type=_anchor, metavar="NAME=POINTS", help="the model whose rating is fixed")
    add("--elo", action="store_true", help="replay online Elo in the order of the file, too")
    add("--voter", metavar="COL", help="intervals that allow for likeness among the votes of one voter")
    add("--prompt", metavar="COL", help="intervals that allow for likeness among the votes on one prompt")
    add("--score", metavar="COL", help="points of model_a, from 0 to 1; where the cell is empty, winner says them")
    add("--per-pair", type=float, metavar="N", help="count a pair that met more than N times as N votes")
    add("--rounds", type=int, default=ROUNDS, metavar="N", help=f"of the bootstrap (default {ROUNDS})")
    add("--seed", type=int, default=0, help="of the bootstrap (default 0)")
    add("--compare-ties", action="store_true", help="tell which model of ties foretells held-out votes best")
    add("--robustness", action="store_true", help="tell how few votes, taken away, would change rank 1")
    add("--json", action="store_true", help="print one object instead of a table")
    return asks


def file(asks: argparse.ArgumentParser) -> None:
    """Add what says where the votes are and how they are written."""
    add = asks.add_argument
    add("votes", type=Path, metavar="VOTES", help="CSV, Parquet, JSON or JSON lines; all but Parquet also .gz")
    add("--mapping", type=_pair, nargs="+", default=[], action="extend", metavar="FIELD=COLUMN", help=_MAPPING)
    add("--words", type=_pair, nargs="+", default=[], action="extend", metavar="WORD=CHOICE", help=_WORDS)


def method(options: argparse.Namespace) -> RatingMethod:
    """Return the method that the arguments ask for. Raises RatingsError for choices that do not go together."""
    return RatingMethod(
        ties=options.ties,
        intervals=options.intervals,
        prior=options.prior,
        style=options.style,
        position=options.position,
        anchor=options.anchor,
        per_pair=options.per_pair,
        by_voter=bool(options.voter),
        by_prompt=bool(options.prompt),
        rounds=options.rounds,
        seed=options.seed,
    )


def _pair(text: str) -> tuple[str, str]:
    left, _, right = text.rpartition("=")
    if not left.strip() or not right.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return left.strip(), right.strip()


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _anchor(text: str) -> tuple[str, float]:
    name, _, points = text.rpartition("=")
    if not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=POINTS")
    try:
        return name, float(points)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{points!r} is not a number of points") from None
