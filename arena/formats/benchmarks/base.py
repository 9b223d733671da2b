"""Scores of models, as the tables of the field carry them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

Row = dict[str, Any]

PERCENT = "%"
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Score:
    """One finite number of a model. unit: "%" (0 to 100), "points", "of 10", or empty where the file does not say."""

    benchmark: str
    value: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ScoredModel:
    """One model's scores in a file. row counts from 1; scores: those that are there, so a blank is in none."""

    row: int
    model: str
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class BenchmarkFormat:
    """One way in which the field writes scores down.

    needs: columns by which it is known. read: the name of the model and its scores; raises Unusable.
    source: whose scores these are; {file} stands for the file's name. is_averaged: whether the mean counts of a model's
    many rows. only_in: a pattern of the file's name without which the columns say too little, unless it is asked for.
    """

    name: str
    needs: frozenset[str]
    read: Callable[[Row], tuple[str, Iterable[Score]]]
    source: str = "{file}"
    is_averaged: bool = False
    only_in: str = ""


class Rows(Protocol):
    """A file of rows, which can be read once. names: of its columns; share: how much has been read, in [0, 1]."""

    names: frozenset[str]

    @property
    def share(self) -> float: ...

    def numbered(self) -> Iterator[tuple[int, Row | str]]:
        """Yield numbers from 1 and rows; a row that cannot be read comes as the reason.

        Raises MalformedFile, also later.
        """
