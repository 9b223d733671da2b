"""The leaderboard of a file of votes: `python -m ratings VOTES.csv`."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute

from ratings.arrays import BoolArray, FloatArray, IntArray
from ratings.boards import Leaderboard, rated
from ratings.encoding import NamedComparisons, encode
from ratings.errors import BadRow, RatingsError
from ratings.method import INTERVALS, ROUNDS, TIES, RatingMethod
from ratings.printing import as_json, as_text
from ratings.reading import BadFile, read_votes

BAD_FILE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """0 and a board on standard output, or 2 and one line on standard error."""
    asked = _parser().parse_args(arguments)
    try:
        board, categories = _boards(asked)
    except BadRow as error:
        return _refused(f"{asked.votes.name}: row {error.row + 1}: {error.value!r} {error.says}")
    except RatingsError as error:
        return _refused(str(error))
    with suppress(BrokenPipeError):  # a reader such as `head` that has seen enough
        print(_objects(board, categories, asked) if asked.json else _tables(board, categories, asked), flush=True)
        return 0
    sys.stdout = None  # so that Python does not try once more at its end
    return 0


def _objects(board: Leaderboard, categories: Mapping[str, Leaderboard], asked: argparse.Namespace) -> str:
    parts = {name: as_json(part) for name, part in categories.items()}
    return json.dumps(as_json(board) | ({"categories": parts} if asked.category else {}), indent=1, ensure_ascii=False)


def _tables(board: Leaderboard, categories: Mapping[str, Leaderboard], asked: argparse.Namespace) -> str:
    parts = [f"{asked.category} = {name}\n{as_text(part)}" for name, part in categories.items()]
    return "\n\n".join([as_text(board), *parts])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ratings",
        description="The leaderboard of a file of votes with the columns model_a, model_b and winner "
        "(model_a, model_b, tie, both_bad or tie (bothbad)). Rows are counted from 1.",
    )
    add = parser.add_argument
    add("votes", type=Path, metavar="VOTES", help="a .csv, .parquet or .jsonl file")
    add("--ties", choices=list(TIES), default="half", help="what a tie is: half a win each, or an outcome of a model")
    add("--intervals", choices=INTERVALS, default="", help="default: hc3; for davidson and rao-kupper: sandwich")
    add("--style", type=_names, default=(), metavar="COL,COL...", help="differences, side A minus B, to control for")
    add("--category", metavar="COL", help="a board for each value of this column, too")
    add("--anchor", type=_anchor, metavar="NAME=POINTS", help="the model whose rating is fixed")
    add("--elo", action="store_true", help="replay online Elo in the order of the file, too")
    add("--voter", metavar="COL", help="intervals that allow for likeness among the votes of one voter")
    add("--per-pair", type=float, metavar="N", help="count a pair that met more than N times as N votes")
    add("--rounds", type=int, default=ROUNDS, metavar="N", help=f"of the bootstrap (default {ROUNDS})")
    add("--seed", type=int, default=0, help="of the bootstrap (default 0)")
    add("--json", action="store_true", help="print one object instead of a table")
    return parser


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


def _boards(asked: argparse.Namespace) -> tuple[Leaderboard, dict[str, Leaderboard]]:
    """The board of all votes, and those of each category by its value."""
    others = [*asked.style, *(column for column in (asked.category, asked.voter) if column)]
    table = read_votes(asked.votes, columns=others)
    features = np.stack([_numbers(table[name], name) for name in asked.style], axis=1) if asked.style else None
    named = encode(*(table[name] for name in ("model_a", "model_b", "winner")), features=features)
    voter = _codes(table[asked.voter]) if asked.voter else None
    method = _method(asked)
    board = rated(named, method, voter=voter, elo=asked.elo)
    parts = {}
    for name, rows in _categories(table, asked.category).items():
        voters = None if voter is None else voter[rows]
        parts[name] = rated(_part(named, rows), method, voter=voters, elo=asked.elo)
    return board, parts


def _method(asked: argparse.Namespace) -> RatingMethod:
    return RatingMethod(
        ties=asked.ties,
        intervals=asked.intervals,
        style=asked.style,
        anchor=asked.anchor,
        per_pair=asked.per_pair,
        by_voter=bool(asked.voter),
        rounds=asked.rounds,
        seed=asked.seed,
    )


def _numbers(column: pa.ChunkedArray, name: str) -> FloatArray:
    """(rows,), NaN where empty, which is refused with its row later."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.cast(pa.float64()), dtype=np.float64)
    return np.array([_number(value, f"row {row}, {name}") for row, value in enumerate(column.to_pylist(), start=1)])


def _number(value: object, place: str) -> float:
    try:
        return float("nan" if value in (None, "") else str(value))
    except ValueError:
        raise BadFile(f"{place}: {value!r} is not a number") from None


def _codes(column: pa.ChunkedArray) -> IntArray:
    """(rows,) whole numbers, equal where the column is."""
    return np.asarray(column.combine_chunks().dictionary_encode("encode").indices, dtype=np.int64)


def _categories(table: pa.Table, column: str | None) -> dict[str, BoolArray]:
    """(rows,) whether the row is of the category, by its value, sorted; none without a column."""
    if column is None:
        return {}
    values = table[column].combine_chunks().cast(pa.string())
    names = sorted(name for name in pa.compute.unique(values).to_pylist() if name is not None)
    codes = np.asarray(pa.compute.index_in(values, pa.array(names, pa.string())).fill_null(-1))
    return {name: codes == code for code, name in enumerate(names)}


def _part(named: NamedComparisons, rows: BoolArray) -> NamedComparisons:
    """These votes, with the models that they name only."""
    votes = named.votes.among(rows)
    models = np.unique(np.concatenate([votes.a, votes.b]))
    return NamedComparisons(votes.between(models)[0], tuple(named.names[model] for model in models))


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return BAD_FILE


if __name__ == "__main__":
    sys.exit(main())
