"""What one reader asks for never reaches another."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from arena.answers import events
from tests.consumers.listening import until_somebody_listens

HUGE = "99999999999999999999"


async def next_of(follower):
    return await asyncio.wait_for(anext(follower), timeout=30)


@pytest.mark.parametrize("asked", ["x", "$", "-", HUGE, f"1-{HUGE}", "", "0-0-0"])
def test_an_id_that_no_stream_has_means_the_start(asked):
    assert events.stream_id(asked) == "0"


@pytest.mark.parametrize("asked", ["0", "17-3", "18446744073709551615"])
def test_an_id_that_a_stream_may_have_is_taken(asked):
    assert events.stream_id(asked) == asked


async def test_an_id_from_the_future_keeps_no_event_from_another_reader():
    event = events.Event(1, "a", 1, "text", "word")
    events.publish("b1", event, answer_id=1)
    ahead = events.follow("b1", after="18446744073709551615")
    waiting = asyncio.create_task(next_of(ahead))
    await until_somebody_listens()
    reader = events.follow("b1", after="0")
    assert (await next_of(reader))[1] == event
    later = events.Event(1, "a", 1, "text", "another")
    events.publish("b1", later, answer_id=1)
    assert (await next_of(reader))[1] == later
    assert (await waiting)[1] == later
    for each in (ahead, reader):
        assert isinstance(each, AsyncGenerator)
        await each.aclose()
