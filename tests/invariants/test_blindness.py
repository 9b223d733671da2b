"""Nothing that we write names a model before the vote: every byte of whole battles is searched.

The same search is shown to see: one leak is planted in each channel.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.testing import WebsocketCommunicator
from django.http import HttpResponse
from django.test import AsyncClient

from arena.answers import events
from arena.asgi import application
from arena.backends import BACKENDS
from arena.backends.base import GenerationFailed
from arena.models import Answer, Battle
from arena.people.voters import COOKIE
from tests.api.calling import Program
from tests.factories import make_entry, write_answers
from tests.scripted import ScriptedBackend

pytestmark = pytest.mark.django_db(transaction=True)

# Each field of an entry holds a word of its own, so that a hit says what leaked; the keys are long enough to search.
ZEBRA: dict[str, Any] = {
    "pk": 918273645,
    "display_name": "ZEBRA-7",
    "slug": "zebra-seven-slug",
    "organisation": "zoo-organisation",
    "licence": "zoo-licence",
    "description": "zoo-description",
    "link": "https://zoo.example/link",
    "weights": "zoo-weights",
    "prompt_template": "zoo-template",
    "system_prompt": "zoo-system-prompt",
    "context_tokens": 827364,
}
OKAPI: dict[str, Any] = {
    "pk": 645342312,
    "display_name": "OKAPI-9",
    "slug": "okapi-nine-slug",
    "organisation": "farm-organisation",
    "licence": "farm-licence",
    "description": "farm-description",
    "link": "https://farm.example/link",
    "weights": "farm-weights",
    "prompt_template": "farm-template",
    "system_prompt": "farm-system-prompt",
    "context_tokens": 736451,
}
SECRETS = [str(value).encode() for entry in (ZEBRA, OKAPI) for value in entry.values()]
SECRETS += [b"recorded", b"breaking-backend", b"out of memory", b"tokens"]


class BreakingBackend(ScriptedBackend):
    """Fails with an error that names its model, as providers' errors do."""

    def script(self, request):
        yield ""
        raise GenerationFailed("ZEBRA-7 of zoo-organisation is out of memory")

    def count_tokens(self, request):
        return 0


@pytest.fixture(autouse=True)
def breaking_backend(monkeypatch):
    monkeypatch.setitem(BACKENDS, "breaking-backend", f"{__name__}:BreakingBackend")


def whole(response):
    head = "\n".join(f"{name}: {value}" for name, value in response.items()) + response.cookies.output()
    return head.encode() + b"\n\n" + response.content


def leaks(received):
    return [secret.decode() for secret in SECRETS if any(secret in some for some in received)]


class Wire:
    """A browser that keeps every byte it gets."""

    def __init__(self, client):
        self.client, self.bytes = client, []

    def send(self, method, address, data=None):
        response = getattr(self.client, method)(address, data or {})
        self.bytes.append(whole(response))
        return response

    def listen(self, battle_id):
        cookie = f"{COOKIE}={self.client.cookies[COOKIE].value}"
        self.bytes += async_to_sync(frames)(battle_id, cookie)

    def leaks(self):
        return leaks(self.bytes)


async def frames(battle_id, cookie):
    headers = [(b"cookie", cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    communicator = WebsocketCommunicator(application, f"/ws/battles/{battle_id}/", headers)
    await communicator.connect()
    received = []
    while not await communicator.receive_nothing(timeout=1):
        received.append(json.dumps(await communicator.receive_json_from()).encode())
    await communicator.disconnect()
    return received


@pytest.fixture
def wire(client):
    return Wire(client)


def play_a_battle(wire, *, zebra=None):
    """A whole battle with all that can go wrong in it, up to the vote. Returns its address."""
    make_entry(**ZEBRA | {"name": "", "script": "Left words."} | (zebra or {}))
    make_entry(**OKAPI | {"name": "", "script": "Right words."})
    wire.send("get", "/")
    address = wire.send("post", "/battles/", {"prompt": "Which of you is it?"})["Location"]
    battle = Battle.objects.get()
    wire.send("get", address)
    wire.send("get", f"{address}queue/")
    wire.send("post", f"{address}vote/", {"choice": "model_a"})
    write_answers(battle)
    wire.listen(battle.pk)
    wire.send("get", address)
    wire.send("post", f"{address}vote/", {"choice": "nonsense"})
    wire.send("post", f"{address}retry/")
    wire.send("post", f"{address}turns/", {"prompt": "And now?"})
    wire.send("post", f"{address}turns/", {"prompt": "bad \x00"})
    write_answers(battle)
    wire.listen(battle.pk)
    wire.send("get", address)
    wire.send("get", f"/?again={battle.pk}")
    for page in ("", "board/", "data.json", "delete/"):
        wire.send("get", f"/history/{page}")
    wire.send("post", f"{address}share/")
    wire.send("get", f"/s/{Battle.objects.get().share_token}/")
    wire.send("get", "/battles/00000000-0000-0000-0000-000000000000/")
    return address


def test_a_whole_battle_names_nobody_before_the_vote(wire):
    address = play_a_battle(wire)
    assert any(b"Left words." in some for some in wire.bytes)
    assert wire.leaks() == []
    revealed = wire.send("post", f"{address}vote/", {"choice": "model_a"})
    assert "ZEBRA-7" in revealed.text
    assert "OKAPI-9" in revealed.text


def test_a_battle_that_fails_names_nobody(wire):
    address = play_a_battle(wire, zebra={"backend": "breaking-backend"})
    assert "did not answer" in wire.send("get", address).text
    assert Answer.objects.filter(state="failed").exists()
    assert wire.leaks() == []


def test_a_battle_that_was_left_names_nobody(wire):
    address = play_a_battle(wire)
    wire.send("post", f"{address}leave/")
    wire.send("get", address)
    assert wire.leaks() == []


async def events_of(program, address):
    """What the stream sends while the workers write."""
    response: Any = await AsyncClient().get(f"/api/v1/{address}/events", headers=program.headers)
    await sync_to_async(write_answers)(await Battle.objects.aget())
    return [part async for part in response.streaming_content]


def play_by_program(*, zebra=None):
    """The same through /api/v1/. The program, all it received before the vote, and the battle's address."""
    make_entry(**ZEBRA | {"name": "", "script": "Left words."} | (zebra or {}))
    make_entry(**OKAPI | {"name": "", "script": "Right words."})
    program = Program()
    address = f"battles/{program.begin('Which of you is it?')['id']}"
    program.post("battles", prompt="bad \x00")
    program.get(address)
    program.post(f"{address}/vote", choice="model_a")
    received = async_to_sync(events_of)(program, address)
    program.get(address)
    program.post(f"{address}/vote", choice="nonsense")
    program.post(f"{address}/turns", prompt="And now?")
    program.post(f"{address}/stop")
    received += async_to_sync(events_of)(program, address)
    program.get(address)
    program.get(f"{address}/nowhere")
    for _ in range(3):
        program.post("battles", prompt="And another?")
    return program, received + [whole(response) for response in program.heard], address


def test_a_program_learns_no_name_before_its_vote():
    program, received, address = play_by_program()
    assert any(b"Left " in some for some in received)
    assert any(b"too-many-open-battles" in some for some in received)
    assert leaks(received) == []
    assert leaks([whole(program.post(f"{address}/leave"))]) == []


def test_the_vote_of_a_program_is_what_tells_the_names():
    make_entry(**ZEBRA | {"name": "", "script": "Left words."})
    make_entry(**OKAPI | {"name": "", "script": "Right words."})
    program = Program()
    address = f"battles/{program.begin()['id']}"
    write_answers(Battle.objects.get())
    assert {"ZEBRA-7", "OKAPI-9"} <= set(leaks([whole(program.post(f"{address}/vote", choice="tie"))]))


def test_a_battle_of_a_program_that_fails_names_nobody():
    _, received, _ = play_by_program(zebra={"backend": "breaking-backend"})
    assert any(b"event: failed" in some for some in received)
    assert leaks(received) == []


# One planted leak a channel: the search must see each of them.


def leaking_header(get_response):
    def middleware(request):
        response = get_response(request)
        response["X-Served-By"] = "zoo-weights"
        return response

    return middleware


def leaking_cookie(get_response):
    def middleware(request):
        response = get_response(request)
        response.set_cookie("model", "okapi-nine-slug")
        return response

    return middleware


def leaking_error(get_response):
    def middleware(request):
        response = get_response(request)
        return HttpResponse("ZEBRA-7 failed", status=409) if response.status_code == 409 else response

    return middleware


@pytest.mark.parametrize(
    ("leak", "seen"),
    [("leaking_header", "zoo-weights"), ("leaking_cookie", "okapi-nine-slug"), ("leaking_error", "ZEBRA-7")],
)
def test_a_leak_in_a_header_a_cookie_or_an_error_is_seen(wire, settings, leak, seen):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{leak}"]
    wire.client.handler.load_middleware()
    play_a_battle(wire)
    assert seen in wire.leaks()


def test_a_leak_in_a_page_is_seen(wire, settings, tmp_path: Path):
    (tmp_path / "battles").mkdir()
    (tmp_path / "battles" / "_vote_bar.html").write_text("<!-- farm-template -->")
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    play_a_battle(wire)
    assert wire.leaks() == ["farm-template"]


def test_a_leak_in_a_socket_frame_is_seen(wire):
    address = play_a_battle(wire)
    battle_id = address.split("/")[2]
    for slot in "ab":
        events.publish(battle_id, events.Event(3, slot, 1, "text", "zoo-organisation is down"), answer_id=1)
    wire.listen(battle_id)
    assert wire.leaks() == ["zoo-organisation"]


def test_the_door_to_a_page_has_no_field_for_a_name():
    from dataclasses import fields

    from arena.battles.blind import BlindAnswer, BlindBattle, BlindTurn

    allowed = {
        "id",
        "note",
        "shown_thoughts",
        "is_too_long",
        "turns",
        "next_turn",
        "is_open",
        "may_vote",
        "may_continue",
        "is_recorded",
        "is_left",
        "may_be_retried",
        "vote_counts",
        "is_blind",
        "has_two_sides",
        "texts_erased_at",
    }
    allowed |= {"number", "user_text", "turns_left_out", "answers", "earlier"}
    # What moderation does, of both sides alike.
    allowed |= {"is_checked", "withheld", "because"}
    allowed |= {"slot", "letter", "state", "html", "markdown", "turn", "first_attempt"}
    allowed |= {"is_running", "is_lost"}
    for door in (BlindBattle, BlindTurn, BlindAnswer):
        assert {field.name for field in fields(door)} <= allowed
