"""What the actions refuse, in words for programs."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from arena.answers.conversation import TooLongForTheWindow
from arena.api.problems import Problem
from arena.battles.begin import TooManyOpenBattles, VoterIsForgotten
from arena.battles.continue_battle import CannotContinue
from arena.battles.start import NotEnoughEntries
from arena.battles.stop import CannotStop
from arena.battles.turns import QueueIsFull
from arena.votes.cast import CannotVote, VotedOtherwise

_REFUSALS: dict[type[Exception], tuple[str, str]] = {
    TooLongForTheWindow: ("too-long", "Shorten it and send it again."),
    QueueIsFull: ("queue-is-full", "Try again after as many seconds as Retry-After says."),
    NotEnoughEntries: ("not-enough-models", "Try again later."),
    CannotContinue: ("cannot-continue", "It is closed, at its last turn, or its answers are still being written."),
    CannotVote: ("cannot-vote", "It is closed, or its answers have not both ended well."),
    VotedOtherwise: ("voted-otherwise", "The first vote stands."),
    VoterIsForgotten: ("no-token", "What this token stood for was erased on request."),
    CannotStop: ("cannot-stop", "They go on. Try again in a moment."),
}


def answer_with_refusals(api: NinjaAPI) -> None:
    """Let this API tell what an action refuses as problems."""
    for refused, (kind, detail) in _REFUSALS.items():
        api.add_exception_handler(refused, partial(_refuse, api=api, kind=kind, detail=detail))
    api.add_exception_handler(TooManyOpenBattles, partial(_refuse_one_more, api=api))


def _refuse(request: HttpRequest, error: Any, *, api: NinjaAPI, kind: str, detail: str) -> HttpResponse:
    retry_after = getattr(error, "retry_after", None)
    return api.on_exception(request, Problem(kind, detail, retry_after=retry_after))


def _refuse_one_more(request: HttpRequest, error: Any, *, api: NinjaAPI) -> HttpResponse:
    ids = [str(battle.pk) for battle in error.battles]
    detail = "`battles` names those that are open."
    problem = Problem("too-many-open-battles", detail, retry_after=error.retry_after, battles=ids)
    return api.on_exception(request, problem)
