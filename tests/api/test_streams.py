import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.core.management import call_command
from django.test import AsyncClient

from arena.answers import events
from arena.api import streams
from arena.models import Answer, ApiToken
from tests.factories import make_battle, make_entry, make_token, write_answers

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def begun(**entries):
    secret = make_token()
    battle = make_battle(voter=ApiToken.objects.get().voter, is_answered=False, **entries)
    return battle, secret


async def opened(battle, secret, **headers):
    client, asked = AsyncClient(), {"authorization": f"Bearer {secret}"} | headers
    return await client.get(f"/api/v1/battles/{battle.pk}/events", headers=asked)


async def parts(response):
    return [part async for part in response.streaming_content]


async def read(battle, secret, **headers):
    return await read_from(await opened(battle, secret, **headers))


async def read_from(response):
    """(id, event, data) of all that came until the stream ended."""
    text = b"".join(await asyncio.wait_for(parts(response), 10)).decode()
    blocks = (dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block)
    return [(block.get("id"), block["event"], json.loads(block["data"])) for block in blocks if "event" in block]


def words(told, slot):
    return "".join(data["text"] for _, kind, data in told if kind == "text" and data["slot"] == slot)


async def publish(battle, *sent):
    for one in sent:
        await asyncio.to_thread(events.publish, str(battle.pk), one, answer_id=1)


def event(kind, text="", slot="a", turn=1):
    return events.Event(turn, slot, 1, kind, text)


async def written(battle):
    await sync_to_async(write_answers)(battle)


async def test_the_words_of_both_come_while_they_are_written_and_the_stream_ends_with_them():
    battle, secret = await begun(
        entry_a=await sync_to_async(make_entry)(script="Left words."),
        entry_b=await sync_to_async(make_entry)(script="Right words."),
    )
    response = await opened(battle, secret)
    _, told = await asyncio.gather(written(battle), read_from(response))
    assert (words(told, "a"), words(told, "b")) == ("Left words.", "Right words.")
    assert [kind for _, kind, _ in told].count("finished") == 2
    assert told[-1] == (None, "settled", {})


async def test_who_comes_again_gets_no_gap_and_no_repeat(settings):
    settings.PACING = "live"
    battle, secret = await begun()
    await publish(battle, *[event("text", str(number)) for number in range(10)])
    await publish(battle, event("finished"), event("finished", slot="b"))
    told = await read(battle, secret)
    later = await read(battle, secret, **{"last-event-id": told[5][0]})
    assert words(told, "a") == "0123456789"
    assert words(later, "a") == "6789"


@pytest.mark.parametrize("pacing", ["live", "when_done"])
async def test_who_comes_after_the_end_gets_what_was_missed(settings, pacing):
    settings.PACING = pacing
    battle, secret = await begun()
    await publish(battle, *[event("text", str(number)) for number in range(10)])
    await publish(battle, event("finished"), event("finished", slot="b"))
    await sync_to_async(Answer.objects.update)(state="done", text="0123456789")
    told = await read(battle, secret)
    assert words(told, "a") == "0123456789"
    assert [kind for _, kind, _ in told[-3:]] == ["finished", "finished", "settled"]
    later = await read(battle, secret, **{"last-event-id": told[5][0] or "0"})
    assert words(later, "a") == ("6789" if pacing == "live" else "0123456789")


async def test_anothers_events_are_as_unknown_as_none():
    battle, _ = await begun()
    response = await opened(battle, await sync_to_async(make_token)())
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("nonsense", ["x", "1\x00", "-", "$"])
async def test_an_id_that_is_none_means_from_the_start(nonsense):
    battle, secret = await begun()
    await publish(battle, event("text", "all"), event("failed"), event("stopped", slot="b"))
    assert words(await read(battle, secret, **{"last-event-id": nonsense}), "a") == "all"


async def test_where_nothing_is_being_written_it_says_so_at_once():
    battle, secret = await begun()
    await sync_to_async(Answer.objects.update)(state="done", text="An answer.")
    assert await read(battle, secret) == [(None, "settled", {})]


async def test_it_follows_the_newest_turn_only():
    battle, secret = await begun()
    await publish(battle, event("text", "older", turn=0), event("text", "newer"))
    await publish(battle, event("finished"), event("finished", slot="b"))
    assert words(await read(battle, secret), "a") == "newer"


async def test_silence_is_filled_so_that_no_proxy_closes_it(monkeypatch):
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
    battle, secret = await begun()
    response = await opened(battle, secret)
    assert response["Content-Type"] == "text/event-stream"
    assert "no-store" in response["Cache-Control"]
    content = aiter(response.streaming_content)
    assert await anext(content) == b": still here\n\n"
    await content.aclose()


async def test_a_stream_whose_end_was_lost_ends_unsettled(monkeypatch):
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
    monkeypatch.setattr(streams, "MAX_SECONDS", 0.1)
    battle, secret = await begun()
    assert await read(battle, secret) == []


async def test_the_stream_of_a_revoked_token_ends_before_the_next_word(settings, monkeypatch):
    settings.PACING = "live"
    monkeypatch.setattr(streams, "ASK_AGAIN_SECONDS", 0.0)
    battle, secret = await begun()
    response = await opened(battle, secret)
    coming = aiter(response.streaming_content)
    await publish(battle, event("text", "first"))
    assert b"first" in await asyncio.wait_for(anext(coming), 10)
    await sync_to_async(call_command)(
        "api_token", "revoke", await ApiToken.objects.values_list("name", flat=True).aget()
    )
    await publish(battle, event("text", "second"))
    assert b"".join([part async for part in coming]) == b""


@pytest.mark.usefixtures("no_redis")
async def test_without_redis_it_ends_unsettled():
    battle, secret = await begun()
    assert await read(battle, secret) == []


async def test_where_speed_is_hidden_nothing_comes_before_both_have_ended(settings):
    settings.PACING = "when_done"
    battle, secret = await begun()
    await publish(battle, event("text", "fast"), event("finished"))
    reading = asyncio.create_task(read(battle, secret))
    await asyncio.sleep(0.6)
    await publish(battle, event("text", "slow", slot="b"), event("finished", slot="b"))
    assert [kind for _, kind, _ in await reading] == ["finished", "finished", "settled"]
