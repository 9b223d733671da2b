"""While one side runs, nothing that a visitor can ask for says which side is further, has failed, or waits where.

Every channel is asked in every state that the two answers can be in, and has to give the same bytes. The comparison is
shown to see: a leak is planted in each channel.
"""

import re
from itertools import product
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.utils import timezone

from arena.answers import events
from arena.conf import redis_clients
from arena.models import Answer, ApiToken, Battle
from arena.models.answers import AnswerState
from arena.people.voters import COOKIE, new_voter, remember_voter
from tests.api.calling import Program
from tests.factories import make_battle, make_entry
from tests.invariants.test_blindness import frames

pytestmark = pytest.mark.django_db(transaction=True)

RUNNING = (AnswerState.PENDING, AnswerState.STREAMING)
STATES = (*RUNNING, AnswerState.DONE, AnswerState.FAILED, AnswerState.STOPPED)
WORLDS = [(a, b) for a, b in product(STATES, STATES) if a in RUNNING or b in RUNNING]
#: By the part of the address that a planted leak goes by.
CHANNELS = {
    "page": r"^/battles/[^/]+/$",
    "queue line": r"/queue/$",
    "refused vote": r"/battles/[^/]+/vote/$",
    "history": r"^/history/$",
    "download": r"/data\.json$",
    "shared page": r"^/s/",
    "chat list": r"^/chat/$",
    "program": r"^/api/v1/battles/[^/]+$",
}
#: What is new in each reply by its nature.
CHANCE = re.compile(rb'(csrfmiddlewaretoken|idempotency_key)" value="[^"]*"')


@pytest.fixture
def battle(client):
    voter, key = new_voter()
    voter.save()
    response = HttpResponse()
    remember_voter(response, key)
    client.cookies[COOKIE] = response.cookies[COOKIE].value
    entries = (make_entry(weights="slow-weights"), make_entry(weights="fast-weights"))
    made = make_battle(*entries, voter=voter, is_answered=False)
    Battle.objects.filter(pk=made.pk).update(share_token="shared")
    return made


def put(battle, slot, state):
    """This side is in this state, with the text and the events that belong to it."""
    has_text = state in (AnswerState.STREAMING, AnswerState.DONE, AnswerState.STOPPED)
    ended = None if state in RUNNING else timezone.now()
    fields = {"attempt": int(state != AnswerState.PENDING), "finished_at": ended}
    stored = "Words." if has_text and state not in RUNNING else ""
    Answer.objects.filter(turn__battle=battle, slot=slot).update(state=state, text=stored, **fields)
    kinds: dict[AnswerState, Any] = {
        AnswerState.DONE: "finished",
        AnswerState.FAILED: "failed",
        AnswerState.STOPPED: "stopped",
    }
    sent: list[tuple[Any, str]] = [] if state == AnswerState.PENDING else [("started", "")]
    sent += [("text", "Words.")] if has_text else []
    sent += [(kinds[state], "")] if state in kinds else []
    for kind, text in sent:
        events.publish(str(battle.pk), events.Event(1, slot, 1, kind, text), answer_id=1)


def seen(client, program, battle, channels):
    """What each of these channels says of the battle."""
    address = f"/battles/{battle.pk}/"
    asked = {
        "page": lambda: client.get(address),
        "queue line": lambda: client.get(f"{address}queue/"),
        "refused vote": lambda: client.post(f"{address}vote/", {"choice": "tie"}),
        "history": lambda: client.get("/history/"),
        "download": lambda: client.get("/history/data.json"),
        "shared page": lambda: client.get("/s/shared/"),
        "chat list": lambda: client.get("/chat/"),
        "program": lambda: asked_by(program, battle),
    }
    said = {name: CHANCE.sub(b"", asked[name]().content) for name in channels}
    return {name: re.sub(rb"working, \d+ s|data-seconds=\"\d+\"", b"", content) for name, content in said.items()}


def asked_by(program, battle):
    """What the API says of the battle, as if it were its own."""
    Battle.objects.filter(pk=battle.pk).update(voter=ApiToken.objects.get().voter)
    reply = program.get(f"battles/{battle.pk}")
    Battle.objects.filter(pk=battle.pk).update(voter=battle.voter)
    return reply


def all_worlds(client, battle, channels, worlds):
    """What each of these channels says in each of these states."""
    program = Program()
    for world in worlds:
        bring(battle, world)
        yield seen(client, program, battle, channels)


def bring(battle, world):
    """Bring the two sides into these states."""
    redis_clients.client().delete(redis_clients.key(f"battle:{battle.pk}"))
    for slot, state in zip("ab", world, strict=True):
        put(battle, slot, AnswerState(state))


def differing(client, battle, channels=CHANNELS, worlds=WORLDS):
    """Those of these channels that do not say the same in all these states of a running battle."""
    said = list(all_worlds(client, battle, channels, worlds))
    return {name for name in channels if len({in_world[name] for in_world in said}) > 1}


@pytest.mark.parametrize("pacing", ["lockstep", "when_done", "live"])
def test_no_channel_tells_the_states_of_a_running_battle_apart(client, battle, settings, pacing):
    settings.PACING = pacing
    assert differing(client, battle) == set()


def leak_in(channel):
    def leaking(get_response):
        def middleware(request):
            response = get_response(request)
            if re.search(CHANNELS[channel], request.path):
                response.content += Answer.objects.filter(slot="a").latest("pk").state.encode()
            return response

        return middleware

    return leaking


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_leak_in_each_channel_is_seen(client, battle, settings, channel):
    globals()["planted"] = leak_in(channel)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.planted"]
    client.handler.load_middleware()
    assert differing(client, battle, [channel], WORLDS[::6]) == {channel}


@pytest.mark.parametrize("world", [("done", "streaming"), ("streaming", "done")])
def test_the_socket_does_not_tell_a_side_that_has_ended_from_one_that_is_written(client, battle, world):
    assert heard_from_socket(client, battle, world) == heard_from_socket(client, battle, ("streaming", "streaming"))


@pytest.mark.parametrize("ahead", STATES)
@pytest.mark.parametrize("slots", ["ab", "ba"])
def test_the_socket_is_silent_until_both_have_words(client, battle, ahead, slots):
    world = dict(zip(slots, (ahead, AnswerState.PENDING), strict=True))
    assert heard_from_socket(client, battle, (world["a"], world["b"])) == []


def heard_from_socket(client, battle, world):
    bring(battle, world)
    return async_to_sync(frames)(battle.pk, f"{COOKIE}={client.cookies[COOKIE].value}")
