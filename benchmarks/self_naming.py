"""How well answers that name their writer are found: `python -m benchmarks.self_naming [--errors] [ANSWERS...]`.

Recall and precision on the gold set (tests/votes/self_naming), by language, for the lines that the rules were written
with and for those held out. With --errors: what is wrong among the seen lines, and nothing of those held out. ANSWERS:
files of AlpacaEval's answers (JSON, maybe gzipped); which of them are found.
"""

import argparse
import csv
import gzip
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.votes.self_identification.names import EntryNames
from arena.votes.self_identification.who import Said, who_it_says

GOLD = Path(__file__).resolve().parent.parent / "tests" / "votes" / "self_naming"


@dataclass(frozen=True)
class Line:
    """A labelled answer."""

    language: str
    is_held_out: bool
    label: Said
    names: EntryNames
    prompt: str
    answer: str

    @property
    def verdict(self) -> Said:
        return who_it_says(self.answer, self.names, prompt=self.prompt)

    @property
    def is_right(self) -> bool:
        return (self.verdict is Said.NOTHING) == (self.label is Said.NOTHING)


@dataclass(frozen=True)
class Score:
    """Shares in [0, 1] of the lines that name a writer, the own or another."""

    found: int
    given: int
    labelled: int

    @property
    def recall(self) -> float:
        return self.found / max(1, self.labelled)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.given)


def gold() -> list[Line]:
    """Return all labelled answers."""
    return [line for path in sorted(GOLD.glob("*.tsv")) for line in _lines(path)]


def score(lines: Iterable[Line]) -> Score:
    """Return how well the rules do on these lines."""
    pairs = [(line.verdict is not Said.NOTHING, line.label is not Said.NOTHING) for line in lines]
    return Score(
        found=sum(given and labelled for given, labelled in pairs),
        given=sum(given for given, _ in pairs),
        labelled=sum(labelled for _, labelled in pairs),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="How well answers that name their writer are found.")
    parser.add_argument("answers", nargs="*", type=Path)
    parser.add_argument("--errors", action="store_true")
    parser.add_argument("--seen", action="store_true")
    given = parser.parse_args()
    lines = gold()
    if given.errors:
        _print_errors(line for line in lines if not line.is_held_out)
    elif given.answers:
        _print_found(given.answers)
    else:
        _print_tables(lines, with_held_out=not given.seen)


def _lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            model, maker, *aliases = row["names"].split("; ")
            models = frozenset({model, *(alias for given in aliases for alias in given.split(", "))})
            label = Said.NOTHING if row["label"] == "innocent" else Said(row["label"])
            names = EntryNames(models, frozenset({maker}))
            prompt, answer = (row[key].replace("\\n", "\n") for key in ("prompt", "answer"))
            yield Line(path.stem, row["part"] == "held-out", label, names, prompt, answer)


def _print_tables(lines: Sequence[Line], *, with_held_out: bool) -> None:
    _print_table("seen", [line for line in lines if not line.is_held_out])
    if with_held_out:
        _print_table("held out", [line for line in lines if line.is_held_out])
        _print_table("all", lines)


def _print_table(title: str, lines: Sequence[Line]) -> None:
    print(f"{title:9} lines  recall  precision")
    for language in [*sorted({line.language for line in lines}), "all"]:
        of_it = [line for line in lines if language in (line.language, "all")]
        result = score(of_it)
        print(f"{language:9} {len(of_it):5}  {result.recall:6.3f}  {result.precision:9.3f}")


def _print_errors(lines: Iterable[Line]) -> None:
    for line in lines:
        if not line.is_right:
            kind = "MISSED" if line.verdict is Said.NOTHING else "FALSE "
            print(kind, line.language, sorted(line.names.models), "|", line.prompt, "|", line.answer[:200])


def _print_found(paths: Iterable[Path]) -> None:
    for path in paths:
        rows = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
        names = EntryNames(frozenset({rows[0]["generator"].replace("_", " ")}))
        start = time.process_time()
        found = [(said, row) for row in rows if (said := _said(row, names)) is not Said.NOTHING]
        took = time.process_time() - start
        print(f"{path.name}: {len(found)} of {len(rows):,} answers, {took / len(rows) * 1000:.2f} ms each")
        for said, row in found:
            print("  ", said, "|", _short(row["instruction"], 80), "|", _short(row["output"], 160))


def _short(text: str, length: int) -> str:
    return text[:length].replace("\n", " ")


def _said(row: dict[str, str], names: EntryNames) -> Said:
    return who_it_says(row["output"], names, prompt=row["instruction"])


if __name__ == "__main__":
    main()
