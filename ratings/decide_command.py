"""May B replace A? `python -m ratings decide VOTES.csv --candidate B --baseline A`, for people and for CI."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ratings import arguments, columns, decision_record
from ratings.decide import MARGIN, MORE_VOTES, Decision, Verdict, check_margin, decide
from ratings.decision_record import Asked
from ratings.encoding import Name, NamedComparisons, encode, spelled, voters
from ratings.errors import BadRow, RatingsError
from ratings.reading import Read
from ratings.vocabulary import VOTES

Reader = Callable[[argparse.Namespace, Sequence[str]], Read]

#: What the process answers. 2 is for what cannot be read or asked, as elsewhere in this package.
EXIT = {Verdict.BETTER: 0, Verdict.WORSE: 1, Verdict.EQUAL: 3, Verdict.UNDECIDED: 4}
REFUSED = 2


class UnknownModel(RatingsError):
    """A candidate or a baseline that no vote names."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its help is the manual."""
    codes = ", ".join(f"{code} {verdict}" for verdict, code in EXIT.items())
    asks = argparse.ArgumentParser(
        prog="python -m ratings decide",
        description="The verdict on two models of a file of votes. It may be asked for after every vote: all answers "
        "together are wrong at most one time in twenty. Set the margin before the first vote.",
        epilog=f"Exit code: {codes}; {REFUSED} for a file or a question that makes no sense.",
    )
    arguments.file(asks)
    add = asks.add_argument
    add("--candidate", required=True, metavar="NAME", help="the model that may replace the other")
    add("--baseline", required=True, metavar="NAME", help="the model that is there now")
    add("--margin", type=float, default=MARGIN, metavar="N", help=f"points that make no odds (default {MARGIN:g})")
    add("--voter", metavar="COL", help="who voted: votes of one person count as likely alike")
    add("--prompt", metavar="COL", help="on which prompt: votes on one prompt count as likely alike")
    add("--score", metavar="COL", help="points of model_a, from 0 to 1; where the cell is empty, winner says them")
    add("--more", type=int, default=MORE_VOTES, metavar="N", help=f"votes to look ahead (default {MORE_VOTES})")
    add("--seed", type=int, default=0, help="of the look ahead (default 0)")
    add("--record", type=Path, metavar="FILE.html", help="write the decision with date, hashes and policy, too")
    add("--json", action="store_true", help="print one object instead of sentences")
    return asks


def main(typed: Sequence[str], *, read: Reader) -> int:
    """Print the verdict and return its code in EXIT, or print one line on standard error and return 2.

    read: returns the votes that the options name, with the other columns asked for.
    """
    options = parser().parse_args(typed)
    try:
        _check(options)
        found = read(options, [*filter(None, (options.voter, options.prompt, options.score))])
        with found.rows_of_file():
            names, decision = _decided(options, found)
        asked = replace(_asked(options, names, typed), rejected=len(found.rejected))
        facts = decision_record.facts(decision, asked)
        if options.record:
            _keep(options.record, facts, decision)
        print(json.dumps(facts, indent=1, ensure_ascii=False) if options.json else "\n".join(facts["says"]))
    except BadRow as error:
        return _refused(f"{options.votes.name}: row {error.row + 1}: {error.value!r} {error.says}")
    except RatingsError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{error.filename}: {error.strerror}")
    return EXIT[decision.verdict]


def _check(options: argparse.Namespace) -> None:
    """Raise RatingsError for what no votes can answer."""
    check_margin(options.margin)
    if options.more < 1:
        raise RatingsError(f"--more is {options.more}; it must be at least 1 vote")
    if options.record and options.record.suffix.lower() not in (".html", ".htm"):
        raise RatingsError(f"--record is {options.record}; the record is a page, so its name ends in .html")


def _decided(options: argparse.Namespace, found: Read) -> tuple[tuple[Name, Name], Decision]:
    """Return the names of candidate and baseline as the votes have them, and the decision."""
    table = found.table
    score = columns.numbers(found, options.score) if options.score else None
    named = encode(*(table[name] for name in VOTES), score=score)
    first, second = (_index(named, getattr(options, one), one) for one in ("candidate", "baseline"))
    if first == second:
        raise RatingsError(f"{named.names[first]} is both the candidate and the baseline")
    voter, prompt = (
        voters(table[column], n_votes=len(table)) if column else None for column in (options.voter, options.prompt)
    )
    ways = {"voter": voter, "prompt": prompt, "margin": options.margin, "more": options.more, "seed": options.seed}
    return (named.names[first], named.names[second]), decide(named.votes, candidate=first, baseline=second, **ways)


def _index(named: NamedComparisons, typed: str, role: str) -> int:
    """Return the model of this name. Raises UnknownModel, which names those that look like it."""
    names = [str(name) for name in named.names]
    wanted = str(spelled(typed))
    if wanted in names:
        return names.index(wanted)
    folded = {name.casefold(): name for name in names}
    near = [folded[name] for name in get_close_matches(wanted.casefold(), folded, n=3, cutoff=0.5)]
    near = near or [name for name in names if wanted and wanted.casefold() in name.casefold()][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else f"the votes name {_listed(names)}"
    raise UnknownModel(f"no vote names the {role} {typed!r}; {hint}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _asked(options: argparse.Namespace, names: tuple[Name, Name], typed: Sequence[str]) -> Asked:
    return Asked(
        candidate=str(names[0]),
        baseline=str(names[1]),
        votes=options.votes,
        voter=options.voter,
        prompt=options.prompt,
        typed=tuple(typed),
        now=datetime.now(UTC),
    )


def _keep(path: Path, facts: dict[str, Any], decision: Decision) -> None:
    page = decision_record.page(facts, decision)
    path.write_text(page, encoding="utf-8")
    print(f"{path}: sha256 {decision_record.sha256(page.encode())}", file=sys.stderr)


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED
