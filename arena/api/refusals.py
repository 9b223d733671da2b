"""What the arena refuses, told to programs as problems."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from arena.api.kinds import REFUSALS
from arena.api.problems import Problem
from arena.battles.begin import TooManyOpenBattles
from arena.people.refusals import Refusal


def answer_with_refusals(api: NinjaAPI) -> None:
    """Let this API tell what is refused as problems."""
    for refusal, (_, detail) in REFUSALS.items():
        api.add_exception_handler(refusal, partial(_refuse, api=api, detail=detail))


def _refuse(request: HttpRequest, refusal: Any, *, api: NinjaAPI, detail: str) -> HttpResponse:
    problem = Problem(refusal.kind, detail, retry_after=refusal.retry_after, **_further(refusal))
    return api.on_exception(request, problem)


def _further(refusal: Refusal) -> dict[str, list[str]]:
    if isinstance(refusal, TooManyOpenBattles):
        return {"battles": [str(battle.pk) for battle in refusal.battles]}
    return {}
