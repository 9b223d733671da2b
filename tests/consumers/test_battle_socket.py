import asyncio

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from arena.answers import events
from arena.asgi import application
from arena.models import Battle
from arena.people.voters import COOKIE, new_voter
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


def socket(battle, cookie="", *, after="0"):
    headers = [(b"cookie", cookie.encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    return WebsocketCommunicator(application, f"/ws/battles/{battle.pk}/?after={after}", headers)


@database_sync_to_async
def running_battle(**entries):
    voter, cookie = cookie_of_new_voter()
    return make_battle(voter=voter, is_answered=False, **entries), cookie


async def receive(communicator, how_many):
    return [await communicator.receive_json_from(timeout=30) for _ in range(how_many)]


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
    texts = [message["text"] for message in await receive(communicator, 41)]
    assert texts == ["before ", *[str(number) for number in range(40)]]
    await communicator.disconnect()


async def test_a_socket_that_comes_again_gets_no_gap_and_no_repeat():
    battle, cookie = await running_battle()
    await publish(battle, *[event(str(number)) for number in range(10)])
    first = socket(battle, cookie)
    await first.connect()
    seen = await receive(first, 6)
    await first.disconnect()
    await publish(battle, event("10"))
    second = socket(battle, cookie, after=seen[-1]["id"])
    await second.connect()
    later = await receive(second, 5)
    assert [m["text"] for m in seen + later] == [str(number) for number in range(11)]
    await second.disconnect()


async def test_two_sockets_on_one_battle_both_get_all():
    battle, cookie = await running_battle()
    sockets = [socket(battle, cookie), socket(battle, cookie)]
    for one in sockets:
        await one.connect()
    await publish(battle, *[event(str(number)) for number in range(20)])
    for one in sockets:
        assert [m["text"] for m in await receive(one, 20)] == [str(number) for number in range(20)]
        await one.disconnect()


async def test_a_socket_that_joins_another_gets_what_came_before_it():
    battle, cookie = await running_battle()
    first, second = socket(battle, cookie), socket(battle, cookie)
    await first.connect()
    await publish(battle, *[event(str(number)) for number in range(10)])
    await receive(first, 10)
    await second.connect()
    await publish(battle, event("10"))
    assert [m["text"] for m in await receive(second, 11)] == [str(number) for number in range(11)]
    for one in (first, second):
        await one.disconnect()


async def test_a_socket_that_falls_behind_loses_nothing():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event("0"))
    await receive(communicator, 1)
    # Written without letting the loop run: the reader gets more at once than a socket's queue holds.
    how_many = events.QUEUE_SIZE + 100
    for number in range(1, how_many):
        events.publish(str(battle.pk), event(str(number)), answer_id=1)
    texts = [m["text"] for m in await receive(communicator, how_many - 1)]
    assert texts == [str(number) for number in range(1, how_many)]
    await communicator.disconnect()


async def test_all_of_a_long_answer_arrives():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, *[event(str(number)) for number in range(200)])
    assert [m["text"] for m in await receive(communicator, 200)] == [str(number) for number in range(200)]
    await communicator.disconnect()


@pytest.mark.parametrize("after", ["", "x", "-1", "1-2-3", "99999999999999999999999999"])
async def test_a_nonsense_position_begins_at_the_start(after):
    battle, cookie = await running_battle()
    await publish(battle, event("all"))
    communicator = socket(battle, cookie, after=after)
    await communicator.connect()
    assert (await receive(communicator, 1))[0]["text"] == "all"
    await communicator.disconnect()


async def test_another_voter_and_a_stranger_are_turned_away():
    battle, _cookie = await running_battle()
    _other, other_cookie = await database_sync_to_async(cookie_of_new_voter)()
    for cookie in (other_cookie, "", "voter=forged:0"):
        communicator = socket(battle, cookie)
        await communicator.connect()
        assert (await communicator.receive_output(timeout=30))["code"] == 4404


async def test_another_origin_is_refused():
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    communicator.scope["headers"] = [(b"cookie", cookie.encode()), (b"origin", b"http://evil.example")]
    assert not (await communicator.connect())[0]


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
    assert (await receive(communicator, 1))[0]["text"] == "still here"
    await communicator.disconnect()


async def test_both_sides_of_a_battle_share_one_stream():
    battle, cookie = await running_battle(entry_a=await database_sync_to_async(make_entry)(script="left"))
    communicator = socket(battle, cookie)
    await communicator.connect()
    await database_sync_to_async(write_answers)(battle)
    messages = await receive(communicator, 4)
    assert {m["slot"] for m in messages} == {"a", "b"}
    assert all(set(m) == {"id", "turn", "slot", "attempt", "kind", "text", "html", "characters"} for m in messages)
    await communicator.disconnect()


async def test_in_lockstep_both_sides_begin_at_one_moment(settings):
    settings.PACING = "lockstep"
    battle, cookie = await running_battle()
    communicator = socket(battle, cookie)
    await communicator.connect()
    await publish(battle, event("fast"))
    assert await communicator.receive_nothing(timeout=0.6)
    await publish(battle, event("slow", slot="b"))
    assert [(m["slot"], m["text"]) for m in await receive(communicator, 2)] == [("a", "fast"), ("b", "slow")]
    await communicator.disconnect()


async def test_a_page_in_lockstep_that_comes_again_goes_on_behind_what_it_has(settings):
    settings.PACING = "lockstep"
    battle, cookie = await running_battle()
    await publish(battle, event("one two"), event("three", slot="b"))
    communicator = socket(battle, cookie, after="0&shown=1:a:1:4&shown=1:b:1:0&shown=nonsense")
    await communicator.connect()
    assert [m["text"] for m in await receive(communicator, 2)] == ["t", "three"]
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
        shown = {"a": "", "b": ""}
        while len(shown["a"] + shown["b"]) < 320:
            (message,) = await receive(communicator, 1)
            shown[message["slot"]] += message["text"]
        assert shown == {"a": "x" * 160, "b": "y" * 160}
        await communicator.disconnect()
