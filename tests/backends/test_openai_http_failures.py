"""What goes wrong at a model server: when it is asked again, how it is named, and what the log never says."""

import gzip
import time
from datetime import UTC, datetime
from threading import Event

import pytest

from arena.backends.base import BackendError, Completion, GenerationFailed, Rejected, Unavailable
from arena.backends.openai_http import OpenAIBackend
from arena.backends.openai_http.endpoint import Limits
from arena.backends.openai_http.failures import Transient, excerpt, retry_after
from tests.backends.asking import Steps, pieces_of
from tests.backends.scripted_server import (
    answering,
    chunk,
    endless,
    event,
    listing,
    replying,
    saying,
    serving,
    silent_until,
)
from tests.backends.test_openai_http import QUICK, request

KEY = "sk-canary-7f3-ZQX"


class Asked:
    """One answer of a server with this script: what came, how it ended, how often it was asked."""

    def __init__(self, *script, limits=QUICK, tokens=50, **options):
        self.text, self.error, self.completion = "", None, None
        with serving(*script) as server:
            stream = Steps(OpenAIBackend(limits=limits).stream(request(server.url, tokens=tokens, **options)))
            try:
                for piece in stream:
                    self.text += piece.text
                    self.completion = piece.end
            except BackendError as error:
                self.error = error
        self.times = len(server.requests)

    @property
    def end(self):
        return type(self.error), self.times, self.text


def reset(played):
    played.reset()


def reset_after(*said):
    def step(played):
        saying(*said, done=False)(played)
        played.reset()

    return step


@pytest.mark.parametrize(
    "busy", [replying(429), replying(503, Retry_After="0"), reset, saying(done=False)],
    ids=["429", "503", "reset", "an empty stream"],
)  # fmt: skip
def test_a_busy_server_is_asked_again(busy):
    asked = Asked(busy, busy, answering("Hi"))
    assert (asked.text, asked.completion, asked.times) == ("Hi", Completion("stop", 7), 3)


@pytest.mark.parametrize("busy", [replying(503, "no slot"), reset])
def test_after_three_tries_it_is_unavailable(busy):
    assert Asked(busy).end == (Transient, 3, "")


def test_nobody_listening_is_unavailable():
    with serving(answering()) as server:
        url = server.url
    with pytest.raises(Unavailable, match="ConnectError"):
        pieces_of(OpenAIBackend(limits=QUICK).stream(request(url)))


@pytest.mark.parametrize(
    "broken",
    [reset_after("Half an"), saying("Half an", done=False), saying("Half an", {"error": {"code": 503}})],
    ids=["reset", "ended", "error"],
)
def test_half_an_answer_is_kept_and_never_begun_anew(broken):
    assert Asked(broken, answering()).end == (GenerationFailed, 1, "Half an")


def test_thoughts_are_not_begun_anew_either():
    assert Asked(reset_after(chunk(None, reasoning_content="Hm.")), answering()).end == (GenerationFailed, 1, "")


@pytest.mark.parametrize(
    "step",
    [
        replying(500, "boom"),
        replying(200, "<html>", Content_Type="text/html"),
        replying(200, "Hi"),
        replying(200, "{}", Content_Type="application/json"),
        replying(200, "[" * 100_000, Content_Type="application/json"),
        saying(b"data: nonsense\n\n"),
        saying(b"data: [1]\n\n"),
        saying(b"data: \xff\xfe\n\n"),
        saying({"error": "boom"}),
        saying(b'error: {"code": 500}\n\n'),
    ],
)
def test_what_asking_again_cannot_mend_is_unavailable_at_once(step):
    assert Asked(step).end == (Unavailable, 1, "")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "bad key"),
        (404, "no such model"),
        (400, "Unsupported parameter: 'temperature'"),
        (400, "max_tokens is too large: 50. This model supports at most 20 completion tokens"),
        (
            400,
            "The maximum context length is 50 tokens, but 53 were asked for (3 in the messages, 50 to answer)",
        ),
    ],
)
def test_what_the_settings_of_an_entry_may_be_the_cause_of_is_rejected(status, said):
    assert Asked(replying(status, said), tokens=50).end == (Rejected, 1, "")


@pytest.mark.parametrize("step", [replying(502), replying(504), replying(529), saying({"error": {"code": 429}})])
def test_a_server_that_is_busy_in_other_words_is_asked_again(step):
    assert Asked(step, answering("Hi")).end == (type(None), 2, "Hi")


@pytest.mark.parametrize(
    "step",
    [
        replying(400, '{"error": {"code": "content_filter", "message": "The prompt was filtered."}}'),
        replying(400, '{"error": {"innererror": {"code": "ResponsibleAIPolicyViolation"}}}'),
        saying({"error": {"code": "content_filter"}}),
        saying(chunk("", reason="content_filter")),
        saying(chunk("", reason="SAFETY")),
    ],
)
def test_a_filter_of_the_server_is_an_answer_that_declines(step):
    asked = Asked(step)
    assert (asked.error, asked.text, asked.completion.reason) == (None, "", "declined")


def test_what_came_before_a_filter_stays():
    asked = Asked(saying("Half an", chunk(reason="content_filter")))
    assert (asked.text, asked.completion.reason) == ("Half an", "declined")


def test_the_log_hears_the_status_and_the_beginning_of_what_was_said():
    error = Asked(replying(500, "out of\nmemory " + "x" * 9000)).error
    assert "500" in str(error)
    assert "out of memory xxx" in str(error)
    assert len(str(error)) < 400


def test_a_server_that_says_when_it_will_be_free_is_given_that_time():
    start = time.monotonic()
    assert Asked(replying(429, Retry_After="1"), answering("Hi")).text == "Hi"
    assert time.monotonic() - start >= 1


def test_a_server_that_asks_to_come_back_much_later_is_not_waited_for():
    asked = Asked(replying(429, Retry_After="15"), answering())
    assert (asked.times, isinstance(asked.error, Unavailable)) == (1, True)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 0.5", 0.5),
        ("Wed, 25 Nov 2026 05:00:30 GMT", 30),
        ("Wed, 25 Nov 2026 04:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("-3", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value, seconds):
    assert retry_after(value, datetime(2026, 11, 25, 5, tzinfo=UTC)) == seconds


def test_a_silent_server_is_given_up():
    end = Event()
    limits = Limits(read_seconds=0.2, answer_seconds=20)
    assert Asked(silent_until(end, begins=False), limits=limits).end == (Unavailable, 1, "")
    assert Asked(silent_until(end, "Half"), limits=limits).end == (GenerationFailed, 1, "Half")
    end.set()


def test_an_answer_that_takes_too_long_ends_though_the_server_goes_on():
    def drip(played):
        played.begin()
        while not played.server.hung_up.wait(0.05):
            played.say(b": still here\n\n")

    limits = Limits(read_seconds=5, answer_seconds=0.5)
    assert Asked(drip, limits=limits).end == (Unavailable, 1, "")


def test_a_client_that_gave_up_has_hung_up():
    with serving(endless(event(chunk("x" * 100)))) as server:
        with pytest.raises(GenerationFailed, match="characters"):
            pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url)))
        assert server.hung_up.wait(5)


@pytest.mark.parametrize("junk", [b": " + b"x" * 10_000 + b"\n\n", b"x" * 10_000], ids=["comments", "one line"])
def test_an_endless_stream_of_nothing_is_cut(junk):
    asked = Asked(endless(junk), tokens=1)
    assert asked.end == (GenerationFailed, 1, "")


def test_a_packed_reply_is_not_unpacked():
    packed = gzip.compress(b"0" * 1_000_000)

    def bomb(played):
        played.begin(200, {"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})
        played.say(packed)

    asked = Asked(bomb)
    assert asked.end == (Unavailable, 1, "")
    assert "gzip" in str(asked.error)


def test_a_redirect_is_refused():
    with serving(answering()) as elsewhere:
        asked = Asked(replying(307, Location=f"{elsewhere.url}/chat/completions"))
    assert asked.end == (Unavailable, 1, "")
    assert "redirects are refused" in str(asked.error)
    assert elsewhere.requests == []


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("CANARY_API_KEY", KEY)
    return {"api_key_env": "CANARY_API_KEY"}


def test_the_key_is_sent_to_the_server(key):
    with serving(answering()) as server:
        pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url, **key)))
    assert server.requests[0][1]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "step",
    [
        replying(401, f"wrong key {KEY}"),
        replying(503, "x" * 280 + KEY),
        replying(500, "x" * 4090 + KEY),
        saying({"error": f"wrong key {KEY}"}),
        saying({"error": "x" * 285 + KEY}),
        saying("Hi", {"error": f"wrong key {KEY}"}),
        saying(f"data: {KEY}\n\n".encode()),
        replying(200, KEY, Content_Type="application/json"),
    ],
)
def test_a_server_that_repeats_the_key_does_not_bring_it_into_the_log(step, key):
    error: BaseException | None = Asked(step, **key).error
    said = []
    while error:
        said += [str(error), repr(error)]
        error = error.__cause__
    assert not any("canary" in text for text in said)
    assert said


def test_the_key_is_not_in_the_list_of_models_either(key):
    with serving(listing(KEY)) as server, pytest.raises(Unavailable) as raised:
        OpenAIBackend().warm_up({"base_url": server.url, "model": "tiny", **key})
    assert "canary" not in str(raised.value)


def test_an_excerpt_is_one_line():
    assert excerpt("a\nERROR forged\x1b[31m\u202e b") == "a ERROR forged [31m b"
