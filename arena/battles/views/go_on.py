"""The ways on from a battle that was voted on: each begins another conversation and goes to its page."""

import random
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from arena.battles.blind import typed_first
from arena.battles.go_on import ask_another_pair, go_on_with_preferred, next_recorded
from arena.battles.views.battle import own_battle
from arena.battles.views.refusals import refusals_shown_by
from arena.battles.views.start import box_again
from arena.models import Battle
from arena.people.refusals import Refusal

rng = random.SystemRandom()


def _refused(request: HttpRequest, refusal: Refusal, battle_id: UUID) -> HttpResponse:
    """Show where a battle begins, with the prompt kept."""
    return box_again(request, refusal, typed_first(own_battle(request, battle_id)))


@require_POST
@refusals_shown_by(_refused)
def go_on(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Go the way on that `way` names: "same" prompt with another pair, "next" recorded prompt, or a "chat".

    Before the vote there is none.
    """
    own = own_battle(request, battle_id)
    return redirect("battle", _begun(own, request.POST.get("way", ""), now=timezone.now()).pk)


def _begun(own: Battle, way: str, *, now: datetime) -> Battle:
    vote = own.cast_vote
    if vote is None:
        raise Http404
    if way == "chat":
        return go_on_with_preferred(own, vote, now=now)
    if way == "next" and own.is_recorded:
        return next_recorded(own, rng=rng, now=now)
    if way == "same" and own.is_blind:
        return ask_another_pair(own, rng=rng, now=now)
    raise Http404
