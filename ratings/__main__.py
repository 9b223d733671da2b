"""The leaderboard of a file of votes: `python -m ratings VOTES.csv`."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from ratings import arguments, columns, remarks
from ratings.boards import Leaderboard
from ratings.bootstrap import Progress
from ratings.encoding import NamedComparisons, encode
from ratings.errors import BadRow, RatingsError
from ratings.printing import as_json, as_text
from ratings.rate import rated
from ratings.reading import VOTES, read_votes
from ratings.remarks import Remark

BAD_FILE = 2


@dataclass(frozen=True)
class Report:
    """The board of all votes, those of the categories by name, and remarks by name."""

    board: Leaderboard
    categories: dict[str, Leaderboard] = field(default_factory=dict)
    remarks: dict[str, Remark] = field(default_factory=dict)


def main(typed: Sequence[str] | None = None) -> int:
    """0 and a board on standard output, or 2 and one line on standard error."""
    asked = arguments.parser().parse_args(typed)
    try:
        report = _report(asked)
    except BadRow as error:
        return _refused(f"{asked.votes.name}: row {error.row + 1}: {error.value!r} {error.says}")
    except RatingsError as error:
        return _refused(str(error))
    with suppress(BrokenPipeError):  # a reader such as `head` that has seen enough
        print(_object(report, asked) if asked.json else _text(report, asked), flush=True)
        return 0
    sys.stdout = None  # so that Python does not try once more at its end
    return 0


def _report(asked: argparse.Namespace) -> Report:
    others = [*asked.style, *(column for column in (asked.category, asked.voter) if column)]
    table, method = read_votes(asked.votes, columns=others), arguments.method(asked)
    style = [columns.numbers(table[name], name) for name in asked.style]
    named = encode(*(table[name] for name in VOTES), features=np.stack(style, axis=1) if style else None)
    voter = columns.codes(table[asked.voter]) if asked.voter else None
    board = rated(named, method, voter=voter, elo=asked.elo, on_progress=_told(asked.rounds))
    categories = {}
    for name, rows in columns.categories(table[asked.category]).items() if asked.category else ():
        voters = None if voter is None else voter[rows]
        categories[name] = rated(named.among(rows), method, voter=voters, elo=asked.elo)
    return Report(board, categories, _remarks(named, asked))


def _remarks(named: NamedComparisons, asked: argparse.Namespace) -> dict[str, Remark]:
    found = {}
    if asked.compare_ties:
        found["held_out"] = remarks.on_ties(named, seed=asked.seed)
    if asked.robustness:
        found["robustness"] = remarks.on_rank_1(named)
    return found


def _object(report: Report, asked: argparse.Namespace) -> str:
    parts = {"categories": {name: as_json(part) for name, part in report.categories.items()}} if asked.category else {}
    notes = {name: remark.figures for name, remark in report.remarks.items()}
    return json.dumps(as_json(report.board) | parts | notes, indent=1, ensure_ascii=False)


def _text(report: Report, asked: argparse.Namespace) -> str:
    parts = [f"{asked.category} = {name}\n{as_text(part)}" for name, part in report.categories.items()]
    return "\n\n".join([as_text(report.board), *(remark.sentence for remark in report.remarks.values()), *parts])


def _told(rounds: int) -> Progress | None:
    """What tells a person at a terminal how far the bootstrap is."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int) -> None:
        print(f"\rbootstrap: {done} of {rounds} rounds", end="" if done < rounds else "\n", file=sys.stderr, flush=True)

    return tell


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return BAD_FILE


if __name__ == "__main__":
    sys.exit(main())
