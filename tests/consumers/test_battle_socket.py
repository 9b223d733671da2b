import asyncio

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from arena.answers import events
from arena.asgi import application
from arena.models import Battle
from arena.people.voters import COOKIE, new_voter
from tests.answers.shown import Shown
from tests.factories import make_battle, make_entry, write_answers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def live(settings):
    settings.PACING = "live"


def cookie_of_new_voter():
    from django.http import HttpResponse

    from arena.people.voters import remember_voter

    voter, key = new_voter()
    voter.save()
    response = HttpResponse()
    remember_voter(response, key)
    return voter, response.cookies[COOKIE].OutputString().split(";")[0]


def socket(battle, cookie="", *, query=""):
    headers = [(b"cookie", cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    return WebsocketCommunicator(application, f"/ws/battles/{battle.pk}/?{query}", headers)


@database_sync_to_async
def running_battle(**entries):
    voter, cookie = cookie_of_new_voter()
    return make_battle(voter=voter, is_answered=False, **entries), cookie


async def receive(communicator, how_many):
    return [await communicator.receive_json_from(timeout=30) for _ in range(how_many)]


async def receive_until(communicator, text, slot="a"):
    """The messages that a page gets until it shows just this text on that side."""
    page, messages = Shown(), []
    while page.text(slot) != text:
        messages.append(await communicator.receive_json_from(timeout=30))
        page.add(messages[-1])
    return messages


def event(text="", *, kind="text", slot="a", attempt=1):
    return events.Event(1, slot, attempt, kind, text)


async def publish(battle, *sent):
    for one in sent:
        await asyncio.to_thread(events.publish, str(battle.pk), one, answer_id=1)


async def test_events_reach_the_socket_in_order_and_live():
    battle, cookie = await running_battle()
    await publish(battle, event("before "))
    communicator = socket(battle, cookie)
    assert (await communicator.connect())[0]
    await publish(battle, *[event(str(number)) for number in range(40)])
    await receive_until(communicator, "before " + "".join(map(str, range(40))))
    await communicator.disconnect()


async def test_a_socket_that_comes_again_gets_what_there_is_anew_and_then_the_rest():
    battle, cookie = await running_battle()
    first = socket(battle, cookie)
    await first.connect()
    await publish(battle, *[event(str(number)) for number in range(10)])
    await receive_until(first, "0123456789")
    await first.disconnect()
    await publish(battle, event("10"))
    second = socket(battle, cookie)
    await second.connect()
    assert (await receive_until(second, "012345678910"))[0]["whole"] is True
    await publish(battle, event("11"))
    assert (await receive(second, 1))[0]["html"] == "11"
    await second.disconnect()


async def test_two_sockets_on_one_battle_both_get_all():
    battle, cookie = await running_battle()
    sockets = [socket(battle, cookie), socket(battle, cookie)]
    for one in sockets:
        await one.connect()
    await publish(battle, *[event(str(number)) for number in range(20)])
    for one in sockets:
        await receive_until(one, "".join(map(str, range(20))))
        await one.disconnect()


async def test_a_socket_that_joins_another_gets_what_came_before_it():
    battle, cookie = await running_battle()
    first, second = socket(battle, cookie), socket(battle, cookie)
    await first.connect()
    await publish(battle, *[event(str(number)) for number in range(10)])
    await receive_until(first, "0123456789")
    await second.connect()
    await publish(battle, event("10"))
    await receive_until(second, "012345678910")
    for one in (first, second):
        await one.disconnect()


async def test_a_socket_that_falls_behind_loses_nothing():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event("n"))
    await receive_until(communicator, "n")
    # Written without letting the loop run: the reader gets more at once than a socket's queue holds.
    how_many = events.QUEUE_SIZE + 100
    for number in range(1, how_many):
        events.publish(str(battle.pk), event(str(number)), answer_id=1)
    page, whole = Shown(), "n" + "".join(map(str, range(1, how_many)))
    page.add({"kind": "text", "slot": "a", "html": '<p dir="auto">n'})
    while page.text("a") != whole:
        page.add((await receive(communicator, 1))[0])
    await communicator.disconnect()


async def test_all_of_a_long_answer_arrives():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, *[event(str(number)) for number in range(200)])
    await receive_until(communicator, "".join(map(str, range(200))))
    await communicator.disconnect()


@pytest.mark.parametrize("query", ["", "x", "after=1-1", "shown=1:a:1:99"])
async def test_a_socket_begins_at_the_start_whatever_it_asks_for(query):
    battle, cookie = await running_battle()
    await publish(battle, event("all"))
    communicator = socket(battle, cookie, query=query)
    await communicator.connect()
    await receive_until(communicator, "all")
    await communicator.disconnect()


async def test_another_voter_and_a_stranger_are_turned_away():
    battle, _cookie = await running_battle()
    _other, other_cookie = await database_sync_to_async(cookie_of_new_voter)()
    for cookie in (other_cookie, "", "voter=forged:0"):
        communicator = socket(battle, cookie)
        await communicator.connect()
        assert (await communicator.receive_output(timeout=30))["code"] == 4404


OTHERS = ["http://evil.example", "http://localhost:9999", "https://localhost", "http://127.0.0.1", "null", ""]


@pytest.mark.parametrize("origin", OTHERS)
async def test_another_origin_is_refused(origin):
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    headers = {b"cookie": cookie.encode(), b"origin": origin.encode(), b"host": b"localhost"}
    communicator.scope["headers"] = [*headers.items()]
    assert not (await communicator.connect())[0]


@pytest.mark.parametrize(
    ("host", "origin", "is_https"),
    [
        ("localhost:8000", "http://localhost:8000", False),
        ("arena.example.org", "https://arena.example.org", True),
        ("127.0.0.1:8000", "https://arena.example.org:8443", True),  # of a proxy that passes another host on
    ],
)
async def test_the_arena_s_own_origin_is_let_in(settings, host, origin, is_https):
    settings.SECURE_SSL, settings.ALLOWED_HOSTS = is_https, ["localhost", "127.0.0.1", "arena.example.org"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://arena.example.org:8443"]
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    headers = {b"cookie": cookie.encode(), b"origin": origin.encode(), b"host": host.encode()}
    communicator.scope["headers"] = [*headers.items()]
    assert (await communicator.connect())[0]
    await communicator.disconnect()


async def test_a_page_that_missed_the_end_is_told_so():
    battle, cookie = await running_battle()
    await database_sync_to_async(write_answers)(battle)
    communicator = socket(battle, cookie)
    await communicator.connect()
    assert (await receive(communicator, 1))[0] == {"kind": "settled"}
    await communicator.disconnect()


async def test_what_a_page_sends_is_not_listened_to():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await communicator.send_to(text_data='{"kind": "text"}')
    await communicator.send_to(bytes_data=b"\x00\xff")
    await publish(battle, event("still here"))
    await receive_until(communicator, "still here")
    await communicator.disconnect()


async def test_both_sides_of_a_battle_share_one_stream():
    battle, cookie = await running_battle(entry_a=await database_sync_to_async(make_entry)(script="left"))
    communicator = socket(battle, cookie)
    await communicator.connect()
    await database_sync_to_async(write_answers)(battle)
    messages = []
    while {m["slot"] for m in messages if m["kind"] == "finished"} != {"a", "b"}:
        messages += await receive(communicator, 1)
    keys = {"turn", "slot", "attempt", "kind", "html", "drop", "done", "whole", "lang"}
    assert all(set(m) <= keys for m in messages)
    await communicator.disconnect()


async def test_in_lockstep_both_sides_begin_at_one_moment(settings):
    settings.PACING = "lockstep"
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event("fast"))
    assert await communicator.receive_nothing(timeout=0.6)
    await publish(battle, event("slow", slot="b"))
    page, messages = Shown(), await receive(communicator, 2)
    for message in messages:
        page.add(message)
    assert (page.text("a"), page.text("b")) == ("fast", "slow")
    await communicator.disconnect()


async def test_markdown_is_rendered_at_each_pacing_while_it_comes(settings):
    for settings.PACING in ("live", "lockstep"):
        battle, cookie = await running_battle()
        communicator = socket(battle, cookie)
        await communicator.connect()
        await publish(battle, event("1. **bo"), event("so **bo", slot="b"))
        page = Shown()
        for message in await receive(communicator, 2):
            page.add(message)
        assert page.html("a") == '<ol dir="auto">\n<li><strong>bo'
        assert page.html("b") == '<p dir="auto">so <strong>bo'
        await communicator.disconnect()


async def test_of_another_attempt_nothing_is_left(settings):
    settings.PACING = "live"
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event("old"), event(kind="restarted"), event("new", attempt=2), event("late"))
    await receive_until(communicator, "new")
    await publish(battle, event("er", attempt=2))
    assert (await receive(communicator, 1))[0]["html"] == "er"
    await communicator.disconnect()


@pytest.mark.parametrize("pacing", ["live", "lockstep", "when_done"])
async def test_how_a_side_ended_is_told_when_both_have_ended(settings, pacing):
    settings.PACING = pacing
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event(kind="started"), event(kind="failed"), event(kind="started", slot="b"))
    assert await communicator.receive_nothing(timeout=0.6)
    await publish(battle, event("late", slot="b"), event(kind="finished", slot="b"))
    texts = [] if pacing == "when_done" else [("b", "text")]
    told = [(m["slot"], m["kind"]) for m in await receive(communicator, 2 + len(texts))]
    assert told == [*texts, ("a", "failed"), ("b", "finished")]
    await communicator.disconnect()


async def test_of_chosen_models_the_page_learns_all_as_it_comes():
    battle, cookie = await running_battle()
    await Battle.objects.filter(pk=battle.pk).aupdate(kind="side_by_side")
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event(kind="started"), event(kind="failed"))
    assert [m["kind"] for m in await receive(communicator, 2)] == ["started", "failed"]
    await communicator.disconnect()


async def test_a_page_in_lockstep_that_is_loaded_anew_has_at_once_what_it_had(settings):
    settings.PACING = "lockstep"
    battle, cookie = await running_battle()
    await publish(battle, event("x" * 160), event("y" * 160, slot="b"))
    for _ in range(2):
        communicator = socket(battle, cookie)
        await communicator.connect()
        page = Shown()
        while len(page.text("a") + page.text("b")) < 320:
            page.add((await receive(communicator, 1))[0])
        assert (page.text("a"), page.text("b")) == ("x" * 160, "y" * 160)
        await communicator.disconnect()
