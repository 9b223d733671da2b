"""Bodies that are too large end at the door."""

import os

from asgiref.sync import async_to_sync

from arena.conf.body_size import cut_off


def sent(*chunks):
    """What the server gives: these chunks, then that the visitor has gone."""
    last = len(chunks) - 1
    messages = [{"type": "http.request", "body": chunk, "more_body": at < last} for at, chunk in enumerate(chunks)]
    return [*messages, {"type": "http.disconnect"}]


def received(messages, *, most, times, **options):
    """What the application gets in so many calls."""
    coming, got = iter(messages), []

    async def receive():
        return next(coming)

    async def application(scope, receive, send):
        got.extend([await receive() for _ in range(times)])

    async_to_sync(cut_off(application, most=most, **options))({"type": "http"}, receive, None)
    return [(message.get("body"), message.get("more_body")) for message in got]


def test_a_body_that_fits_comes_as_it_was_sent():
    assert received(sent(b"ab", b"cd"), most=4, times=3) == [(b"ab", True), (b"cd", False), (None, None)]


def test_a_larger_one_ends_one_byte_above_and_the_rest_is_passed_over():
    chunks = [os.urandom(10) for _ in range(50)]
    got = received(sent(*chunks), most=24, times=4)
    assert got == [(chunks[0], True), (chunks[1], True), (chunks[2][:5], False), (None, None)]


def test_one_that_may_have_more_has_it():
    async def more_for(scope):
        return 4

    got = received(sent(b"ab", b"cd"), most=1, times=2, more_for=more_for)
    assert got == [(b"ab", True), (b"cd", False)]
