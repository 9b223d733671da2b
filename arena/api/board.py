"""The published boards and the entries on them. Public, without a token."""

from dataclasses import asdict
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from arena.api.board_schemas import BoardOut, EntriesOut, EntryOut, EntryPageOut, VersusOut
from arena.api.caching import conditional
from arena.api.problems import Problem
from arena.leaderboard.head_to_head import compare
from arena.leaderboard.model_page import model_page
from arena.leaderboard.published import published_board
from arena.models import LanguageModel
from arena.models.counts import OVERALL

router = Router(tags=["Board"])
router.add_decorator(conditional, mode="view")
_read = partial(router.api_operation, ["GET", "HEAD"])


class Which(Schema):
    """The board that is asked for: the newest of its category, or one by its id."""

    category: str = Field(OVERALL, pattern=r"^[\w-]{1,40}$")
    snapshot: int | None = Field(None, ge=1, le=2**63 - 1)


class Part(Schema):
    """The part of a long list that is asked for: `limit` items after the first `offset`."""

    limit: int = Field(100, ge=1, le=500)
    offset: int = Field(0, ge=0, le=1_000_000)

    @property
    def slice(self) -> slice:
        """Return the slice of the whole list."""
        return slice(self.offset, self.offset + self.limit)


@_read("/leaderboard", response=BoardOut, summary="One board: the newest, or one by its id")
def leaderboard(request: HttpRequest, which: Query[Which], part: Query[Part]) -> dict[str, Any]:
    board = published_board(which.category, snapshot=which.snapshot)
    if board is None:
        raise Problem("not-found", "No such board has been published.")
    return asdict(board) | {"count": len(board.rows), "items": board.rows[part.slice]}


@_read("/models", response=EntriesOut, summary="All models, with or without votes")
def models(request: HttpRequest, part: Query[Part]) -> dict[str, Any]:
    entries = LanguageModel.objects.competing().order_by("slug")
    return {"count": entries.count(), "items": [_card(entry) for entry in entries[part.slice]]}


@_read("/models/{slug:slug}", response=EntryPageOut, summary="One model: rating, rivals, speed")
def model(request: HttpRequest, slug: str) -> dict[str, Any]:
    page = model_page(_entry(slug))
    rivals = [asdict(rival) | asdict(rival.record) for rival in page.rivals]
    return _card(page.model) | {"rating": page.rating, "rivals": rivals, "speed": page.speed}


@_read("/models/{slug:slug}/vs/{slug:rival}", response=VersusOut, summary="Two models: record and verdict")
def versus(request: HttpRequest, slug: str, rival: str) -> dict[str, Any]:
    if slug == rival:
        raise Problem("not-found", "A model has no record against itself.")
    pair = compare(_entry(slug), _entry(rival))
    card = {"name": pair.second.name, "slug": pair.second.slug, "chance": pair.first.chance}
    return card | asdict(pair.first.record) | {"decision": pair.decision}


def _entry(slug: str) -> LanguageModel:
    return get_object_or_404(LanguageModel.objects.competing(), slug=slug)


def _card(entry: LanguageModel) -> dict[str, Any]:
    shown = EntryOut.model_fields.keys() - {"name", "state", "context_tokens"}
    named = {"name": entry.display_name, "state": entry.public_state.value}
    known = {"context_tokens": entry.known_context_tokens}
    return {**named, **known, **{name: getattr(entry, name) for name in shown}}
