"""The newest board for those who see a link to it: its ten best as an image."""

from arena.charts.intervals import RatedModel
from arena.charts.preview import Preview
from arena.conf.branding import arena_name
from arena.leaderboard.published import PublishedBoard, PublishedRow, published_board
from ratings.standings import LARGEST_GROUP

SHOWN = 10


def board_preview() -> Preview | None:
    """Return what the image shows; None before the first board. In two queries."""
    board = published_board()
    return _preview(board) if board else None


def _preview(board: PublishedBoard) -> Preview:
    # Ratings of different groups cannot stand on one scale.
    best = sorted((row for row in board.rows if row.group == LARGEST_GROUP), key=lambda row: -row.rating)[:SHOWN]
    facts = f"{len(board.rows):,} models, {board.votes:,} votes, {board.published:%-d %B %Y}"
    hollow = " · hollow: provisional" if any(row.provisional for row in best) else ""
    title = f"{arena_name()}: leaderboard" if arena_name().isascii() else "Leaderboard"
    facts += f" · rating and its 95% interval{hollow}"
    return Preview(title, facts, tuple((_ranks(row), _model(row)) for row in best))


def _ranks(row: PublishedRow) -> str:
    return f"{row.rank_best}" if row.rank_best == row.rank_worst else f"{row.rank_best}-{row.rank_worst}"


def _model(row: PublishedRow) -> RatedModel:
    # The image's font has no Hangul, for one; every slug is plain.
    name = row.name if row.name.isascii() else row.slug
    return RatedModel(name, row.rating, row.lower, row.upper, is_provisional=bool(row.provisional))
