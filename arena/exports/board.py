"""The newest boards of all categories, written into one file."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from arena.formats.cells import plain_cells
from arena.leaderboard.published import published_board
from arena.models import RatingSnapshot

BOARD_FORMATS = {"board-csv": "board.csv", "board-json": "board.json"}
COLUMNS = (
    "category",
    "group",
    "rank",
    "rank_best",
    "rank_worst",
    "model",
    "slug",
    "organisation",
    "licence",
    "rating",
    "lower",
    "upper",
    "elo",
    "votes",
    "win_rate",
    "both_bad_rate",
    "effective_voters",
    "effective_prompts",
    "provisional",
)


def export_board(name: str, folder: Path) -> Path:
    """Write the newest boards into a file, and return its path.

    name: board-csv, with a row for each entry; or board-json, in the shape of arena-catalog, which is
    {category: {model: {rating, rating_q025, rating_q975}}}.
    """
    rows = list(_rows())
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / BOARD_FORMATS[name]
    if name == "board-csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *(plain_cells(row[column] for column in COLUMNS) for row in rows)])
    else:
        path.write_text(json.dumps(_catalog(rows), ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _rows() -> Iterator[dict[str, object]]:
    for category in sorted(RatingSnapshot.objects.categories()):
        if board := published_board(category):
            for row in board.rows:
                yield {"category": category, "model": row.name, **asdict(row)}


def _catalog(rows: list[dict[str, object]]) -> dict[str, dict[str, dict[str, object]]]:
    boards: dict[str, dict[str, dict[str, object]]] = {}
    for row in rows:
        figures = {"rating": row["rating"], "rating_q025": row["lower"], "rating_q975": row["upper"]}
        boards.setdefault(str(row["category"]), {})[str(row["model"])] = figures
    return boards
