"""The battles of programs: the same actions, limits and blindness as on the pages."""

import random
from functools import partial
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from ninja import HeaderEx, P, Router
from ninja.responses import Status

from arena.api.authentication import BearerToken, TokenRequest
from arena.api.battle_schemas import BattleOut, NewBattle, NewTurn, NewVote
from arena.api.battle_view import battle_out
from arena.api.problems import Problem
from arena.api.streams import event_stream
from arena.battles.blind import Feed, feed_of
from arena.battles.continue_battle import continue_battle
from arena.battles.forms import PromptForm
from arena.battles.start import start_battle
from arena.battles.stop import leave_battle, stop_answers
from arena.models import Battle, Choice, Voter
from arena.models.tokens import Scope
from arena.models.votes import Source
from arena.moderation.personal_data import PersonalData, refuse_personal_data
from arena.people.tokens import still_holds
from arena.votes.cast import cast_vote

router = Router(tags=["Battles"], auth=BearerToken())
router.add_decorator(never_cache, mode="view")
rng = random.SystemRandom()


@router.post("/battles", response={201: BattleOut}, summary="Begin a battle with a prompt")
def begin(
    request: TokenRequest,
    body: NewBattle,
    response: HttpResponse,
    idempotency_key: HeaderEx[UUID | None, P(alias="Idempotency-Key")] = None,
) -> Status[BattleOut]:
    """Begin a battle: two models are drawn and answer. The limits are those of the pages.

    Idempotency-Key is a UUID of your own: the same request again, with the same prompt, gets the same battle.
    """
    text = _checked(body.prompt)
    battle = start_battle(request.auth.voter, text, idempotency_key=idempotency_key, rng=rng, now=timezone.now())
    response["Location"] = reverse("api:battle", args=[battle.pk])
    return Status(201, _shown(request, battle.pk))


@router.api_operation(
    ["GET", "HEAD"],
    "/battles/{uuid:battle_id}",
    response=BattleOut,
    url_name="battle",
    summary="How a battle stands",
)
def battle(request: TokenRequest, battle_id: UUID) -> BattleOut:
    """Return the battle: blind before the vote, with the reveal afterwards."""
    return _shown(request, battle_id)


@router.get(
    "/battles/{uuid:battle_id}/events",
    summary="What the models write, as they write it",
    openapi_extra={"responses": {200: {"description": "OK", "content": {"text/event-stream": {}}}}},
)
async def events(
    request: TokenRequest, battle_id: UUID, last_event_id: HeaderEx[str, P(alias="Last-Event-ID")] = "0"
) -> StreamingHttpResponse:
    """Stream the newest turn as server-sent events. The last one is `settled`: then read the battle."""
    # Gives the connection to the database back: the stream outlives many other requests.
    feed = await database_sync_to_async(_feed)(request.auth.voter, battle_id)
    may_go_on = database_sync_to_async(partial(still_holds, request.auth, Scope.PLAY))
    return event_stream(feed, after=last_event_id, may_go_on=may_go_on)


@router.post("/battles/{uuid:battle_id}/turns", response={201: BattleOut}, summary="Go on with a further prompt")
def follow_up(request: TokenRequest, battle_id: UUID, body: NewTurn) -> Status[BattleOut]:
    """Send a further prompt to both models. The same turn with the same prompt again adds nothing."""
    own, text = _own(request.auth.voter, battle_id), _checked(body.prompt)
    continue_battle(own, text, number=body.turn, rng=rng, now=timezone.now())
    return Status(201, _shown(request, battle_id))


@router.post("/battles/{uuid:battle_id}/stop", response=BattleOut, summary="Stop what is being written")
def stop(request: TokenRequest, battle_id: UUID) -> BattleOut:
    """Stop both answers. One that waits ends at once, one that is being written a moment later."""
    stop_answers(_own(request.auth.voter, battle_id), now=timezone.now())
    return _shown(request, battle_id)


@router.post("/battles/{uuid:battle_id}/leave", response=BattleOut, summary="Close a battle without a vote")
def leave(request: TokenRequest, battle_id: UUID) -> BattleOut:
    """Close the battle without a vote. A battle that has a vote stays as it is."""
    leave_battle(_own(request.auth.voter, battle_id), now=timezone.now())
    return _shown(request, battle_id)


@router.post("/battles/{uuid:battle_id}/vote", response=BattleOut, summary="Vote, and learn who they were")
def vote(request: TokenRequest, battle_id: UUID, body: NewVote) -> BattleOut:
    """Cast the vote and return the battle with the reveal. The same choice again gets the same vote."""
    own = _own(request.auth.voter, battle_id)
    cast_vote(own, Choice(body.choice), source=Source.API, now=timezone.now())
    return _shown(request, battle_id)


def _own(voter: Voter, battle_id: UUID) -> Battle:
    """Return the token's own battle. Another's is as unknown as one that does not exist: raises Problem."""
    own = Battle.objects.of(voter).with_rows().filter(pk=battle_id).first()
    if own is None:
        raise Problem("not-found", "This token has no such battle.")
    return own


def _shown(request: TokenRequest, battle_id: UUID) -> BattleOut:
    return battle_out(_own(request.auth.voter, battle_id), now=timezone.now())


def _feed(voter: Voter, battle_id: UUID) -> Feed:
    return feed_of(_own(voter, battle_id))


def _checked(prompt: str) -> str:
    form = PromptForm({"prompt": prompt})
    with override("en"):
        wrong: Any = "" if form.is_valid() else form.errors["prompt"][0]
    if wrong:
        raise Problem("invalid", str(wrong))
    try:
        with override("en"):
            # A program cannot be asked whether it means it.
            refuse_personal_data(form.cleaned_data["prompt"], is_confirmed=True)
    except PersonalData as refusal:
        raise Problem("invalid", str(refusal.sentence)) from refusal
    return str(form.cleaned_data["prompt"])
