"""The leaderboard of a file of votes: `python -m ratings VOTES.csv`."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from ratings import arguments, columns, decide_command, remarks
from ratings.arrays import BoolArray, IntArray
from ratings.boards import Leaderboard
from ratings.bootstrap import Progress
from ratings.encoding import NamedComparisons, encode, voters
from ratings.errors import BadRow, RatingsError
from ratings.method import RatingMethod
from ratings.printing import as_json, as_text
from ratings.rate import rated
from ratings.reading import BadFile, Read, read_votes
from ratings.remarks import Remark
from ratings.vocabulary import VOTES

BAD_FILE = 2
#: Of rejected rows, with their reasons.
SHOWN = 10
ONE = "All votes are {0}, so nothing shows how far {1} differ: intervals as if they did not."


@dataclass(frozen=True)
class Report:
    """The board of all votes, those of the categories by name, remarks by name, and how many rows were no votes."""

    board: Leaderboard
    categories: dict[str, Leaderboard] = field(default_factory=dict)
    remarks: dict[str, Remark] = field(default_factory=dict)
    rejected: int = 0


def main(typed: Sequence[str] | None = None) -> int:
    """Print a board and return 0, or print one line on standard error and return 2; `decide` has its own codes."""
    typed = sys.argv[1:] if typed is None else typed
    if typed[:1] == ["decide"]:
        return decide_command.main(typed[1:], read=_read)
    options = arguments.parser().parse_args(typed)
    try:
        report = _report(options)
    except BadRow as error:
        return _refused(f"{options.votes.name}: row {error.row + 1}: {error.value!r} {error.says}")
    except RatingsError as error:
        return _refused(str(error))
    with suppress(BrokenPipeError):  # a reader such as `head` that has seen enough
        print(_object(report, options) if options.json else _text(report, options), flush=True)
        return 0
    sys.stdout = None  # so that Python does not try once more at its end
    return 0


def _report(options: argparse.Namespace) -> Report:
    others = [*options.style, *filter(None, (options.category, options.voter, options.prompt, options.score))]
    method, read = arguments.method(options), _read(options, others)
    with read.rows_of_file():
        return _of_votes(options, method, read)


def _of_votes(options: argparse.Namespace, method: RatingMethod, read: Read) -> Report:
    table = read.table
    style = [columns.numbers(read, name) for name in options.style]
    score = columns.numbers(read, options.score) if options.score else None
    features = np.stack(style, axis=1) if style else None
    named = encode(*(table[name] for name in VOTES), score=score, features=features)
    voter, prompt = (
        voters(table[column], n_votes=len(named.votes)) if column else None
        for column in (options.voter, options.prompt)
    )
    tell = _progress_printer(options.rounds)
    board = rated(named, method, voter=voter, prompt=prompt, elo=options.elo, on_progress=tell)
    parts = columns.categories(table[options.category]) if options.category else {}
    categories = {
        name: _category(named, rows, method, ways=(voter, prompt), is_elo_asked=options.elo)
        for name, rows in parts.items()
    }
    return Report(board, categories, _remarks(named, options), rejected=len(read.rejected))


def _read(options: argparse.Namespace, others: Sequence[str]) -> Read:
    """Return the votes, and tell on standard error what else is in the file. Raises BadFile where no row is a vote."""
    mapping, words = dict(options.mapping), dict(options.words)
    read = read_votes(options.votes, columns=others, mapping=mapping, words=words, score=options.score or "")
    if not read.table.num_rows:
        first = f"row {read.rejected[0].row}: {read.rejected[0].reason}"
        raise BadFile(f"{options.votes.name}: no row is a vote; {first}")
    for one, spellings in read.spellings.items():
        print(f"{one} is also written {', '.join(spellings)}", file=sys.stderr)
    for row in read.rejected[:SHOWN]:
        print(f"{options.votes.name}: row {row.row}: {row.reason}", file=sys.stderr)
    if read.rejected:
        rows = read.table.num_rows + len(read.rejected)
        print(f"{options.votes.name}: {len(read.rejected):,} of {rows:,} rows are rejected", file=sys.stderr)
    return read


def _category(
    named: NamedComparisons,
    rows: BoolArray,
    method: RatingMethod,
    *,
    ways: tuple[IntArray | None, IntArray | None],
    is_elo_asked: bool,
) -> Leaderboard:
    """Return the board of the votes in these rows (votes,), not by voter or by prompt where there is one only."""
    parts = [None if way is None or len(np.unique(way[rows])) < 2 else way[rows] for way in ways]
    method = replace(method, by_voter=parts[0] is not None, by_prompt=parts[1] is not None)
    return rated(named.among(rows), method, voter=parts[0], prompt=parts[1], elo=is_elo_asked)


def _remarks(named: NamedComparisons, options: argparse.Namespace) -> dict[str, Remark]:
    remarks_by_name = {}
    if options.compare_ties:
        remarks_by_name["held_out"] = remarks.on_ties(named, seed=options.seed)
    if options.robustness:
        remarks_by_name["robustness"] = remarks.on_rank_1(named)
    return remarks_by_name


def _object(report: Report, options: argparse.Namespace) -> str:
    parts = (
        {"categories": {name: as_json(part) for name, part in report.categories.items()}} if options.category else {}
    )
    notes = {name: remark.figures for name, remark in report.remarks.items()}
    rejected = {"rejected": report.rejected}
    return json.dumps(as_json(report.board) | rejected | parts | notes, indent=1, ensure_ascii=False)


def _text(report: Report, options: argparse.Namespace) -> str:
    parts = [
        "\n".join([f"{options.category} = {name}", as_text(part), *_doubt(part, options)])
        for name, part in report.categories.items()
    ]
    return "\n\n".join([as_text(report.board), *(remark.sentence for remark in report.remarks.values()), *parts])


def _doubt(board: Leaderboard, options: argparse.Namespace) -> list[str]:
    """Return a line for each way that a board should have been told apart by and is not."""
    ways = (
        (options.voter and not board.method.by_voter, "of one voter", "voters"),
        (options.prompt and not board.method.by_prompt, "on one prompt", "prompts"),
    )
    return [ONE.format(one, others) for is_missing, one, others in ways if is_missing]


def _progress_printer(rounds: int) -> Progress | None:
    """Return what shows a person at a terminal how far the bootstrap is, or None where nobody is watching."""
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
