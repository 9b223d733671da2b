"""What a model server says well, and what the caller gets of it. The server is real; it plays a script."""

import json
import random
import time
from threading import Event

import pytest

from arena.backends import backend
from arena.backends.base import (
    BackendError,
    Completion,
    Decoding,
    GenerationFailed,
    Message,
    Piece,
    PromptTooLong,
    Request,
    Unavailable,
)
from arena.backends.openai_http import OpenAIBackend
from arena.backends.openai_http.endpoint import Limits
from arena.backends.openai_http.stream import Delta, events, lines_of, read_chunk
from tests.backends.asking import Steps, all_of, pieces_of
from tests.backends.scripted_server import (
    answering,
    choice,
    chunk,
    event,
    listing,
    replying,
    saying,
    serving,
    silent_until,
    usage,
)

QUICK = Limits(connect_seconds=1, read_seconds=5, answer_seconds=20, back_off_seconds=0.01)


def request(url, *, prompt="Why is the sky blue?", tokens=50, **options):
    messages = (Message("system", "Be short."), Message("user", prompt))
    decoding = Decoding(temperature=0.5, top_p=0.9, max_new_tokens=tokens)
    options = {"base_url": url, "model": "tiny", "weights": ""} | options
    return Request(messages, decoding, seed=2**61 + 5, options=options)


def told(*script, limits=QUICK, **options):
    """The text and the completion of one answer of a server with this script."""
    with serving(*script) as server:
        pieces, completion = pieces_of(OpenAIBackend(limits=limits).stream(request(server.url, **options)))
    return "".join(pieces), completion


def test_the_pieces_join_into_the_text_and_the_server_counts_the_tokens():
    assert told(answering("Light scatters.")) == ("Lightscatters.", Completion("stop", tokens=7))


def test_the_server_is_asked_for_what_the_entry_says():
    with serving(answering()) as server:
        pieces_of(backend("openai").stream(request(server.url)))
    ((path, headers, body),) = server.requests
    assert (path, headers["Host"]) == ("/v1/chat/completions", f"127.0.0.1:{server.server_port}")
    assert "Authorization" not in headers
    assert body == {
        "model": "tiny",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "Why is the sky blue?"},
        ],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 50,
        "seed": 5,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_a_server_refuses_is_left_out():
    options = {"limit_name": "max_completion_tokens", "leave_out": ["temperature", "seed"]}
    with serving(answering()) as server:
        pieces_of(backend("openai").stream(request(server.url, **options)))
    body = server.requests[0][2]
    assert body["max_completion_tokens"] == 50
    assert set(body) == {"model", "messages", "top_p", "max_completion_tokens", "stream", "stream_options"}


@pytest.mark.parametrize(
    ("said", "reason"),
    [("stop", "stop"), ("eos_token", "stop"), ("length", "length"), ("model_length", "length")],
)
def test_the_end_is_told_in_our_words(said, reason):
    assert told(saying("Hi", chunk("!", reason=said)))[1].reason == reason


ODD = {
    "no choices": [{"choices": []}, {"choices": None}, {}],
    "no content": [
        chunk(None),
        chunk(""),
        {"choices": [{"index": 0, "delta": None}]},
        {"choices": [None]},
        {"choices": [{"delta": "no"}]},
    ],
    "a role only": [{"choices": [choice({"role": "assistant"}, None)]}],
    "comments": [b": keep-alive\n\n", b":\n\n", b": ping\r\n\r\n"],
    "other fields": [b"event: message\nid: 3\nretry: 10\n\n", b"\n\n\n"],
    "another choice": [{"choices": [{"index": 1, "delta": {"content": "no"}, "finish_reason": None}]}],
    "unknown keys": [{"choices": [], "timings": {"x": 1}, "error": None}],
    "reasoning": [chunk(None, reasoning_content="Let me think."), chunk(None, reasoning="Hm.")],
    "thinking parts": [chunk([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}])],
    "usage so far": [{"choices": [], "usage": None}, usage(1)],
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_chunks_add_nothing(odd):
    assert told(saying(*odd, "Hel", *odd, "lo", *odd, chunk(reason="stop"), usage(2))) == (
        "Hello",
        Completion("stop", 2),
    )


def raw(content):
    """An event whose content is written in JSON as given."""
    return b'data: {"choices":[{"delta":{"content":"' + content + b'"}}]}\n\n'


ODD_TEXTS = {
    "parts": ([chunk([{"type": "text", "text": "parts"}])], "parts"),
    "NUL": (["a\0b"], "ab"),
    "half characters": ([raw(rb"\ud83d"), raw(rb"\ude42!")], "🙂!"),
    "a lone half": ([raw(rb"x\ud83d"), raw(rb"\ude42\ude42y")], "x🙂y"),
    "half at the end": ([raw(rb"x\ud83d")], "x"),
    "two lines": ([raw(b"Hi").replace(b'[{"delta', b'\ndata: [{"delta')], "Hi"),
    "a byte order mark": ([b"\xef\xbb\xbf" + raw(b"Hi")], "Hi"),
    "no space": ([raw(b"Hi").replace(b"data: ", b"data:").replace(b"\n", b"\r\n")], "Hi"),
}


@pytest.mark.parametrize(("said", "text"), ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_odd_texts_arrive_whole(said, text):
    assert told(saying(*said, chunk(reason="stop")))[0] == text


def test_a_text_without_a_usage_has_no_tokens():
    assert told(saying("Hi", chunk(reason="stop")))[1].tokens is None


def test_an_end_mark_is_enough_of_an_end():
    assert told(saying("Hi")) == ("Hi", Completion("stop"))


def test_a_reason_is_enough_of_an_end():
    assert told(saying("Hi", chunk(reason="length"), done=False)) == ("Hi", Completion("length"))


def test_a_last_event_without_its_empty_line_counts():
    last = event(chunk("!", reason="stop")).rstrip(b"\n")
    assert told(saying("Hi", last, done=False))[0] == "Hi!"


def test_a_server_that_forgets_to_hang_up_is_not_waited_for():
    end, start = Event(), time.monotonic()

    def step(played):
        saying("Hi", chunk(reason="stop"), done=False)(played)
        end.wait(30)

    limits = Limits(read_seconds=25, answer_seconds=25)
    assert told(step, limits=limits) == ("Hi", Completion("stop"))
    assert time.monotonic() - start < 20
    end.set()


def test_a_reply_that_is_not_streamed_is_one_piece():
    whole = {"choices": [{"message": {"content": "All at once"}, "finish_reason": "length"}]}
    body = json.dumps(whole | {"usage": {"completion_tokens": 3}})
    step = replying(200, body, Content_Type="application/json; charset=utf-8")
    assert told(step) == ("All at once", Completion("length", 3))


@pytest.mark.parametrize("seed", range(20))
def test_bytes_cut_anywhere_say_the_same(seed):
    said = [chunk("파란 하늘 👩‍👩‍👧"), chunk("e\u0301\n\nx"), chunk(None)]
    line_end = "\r\n" if seed % 2 else "\n"
    whole = b": hi\n\n" + b"".join(event(one) for one in said)
    whole, rng = whole.replace(b"\n", line_end.encode()), random.Random(seed)
    cuts = sorted(rng.sample(range(len(whole)), 40))
    parts = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    async def coming():
        for part in parts:
            yield part

    assert [json.loads(data) for data in all_of(events(lines_of(coming())))] == said


JUNK = [None, 0, -1, 1.5, True, "", "x", "\ud83d", [], [[]], [None], {}, {"error": None}, {"content": 3}]


def spoilt(value, rng):
    """The same JSON with one part of it, or all, replaced."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.2:
        return rng.choice(JUNK)
    at = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
    copy = value.copy()
    copy[at] = spoilt(value[at], rng)
    return copy


def test_a_spoilt_chunk_is_read_or_refused_in_our_words():
    whole, rng = chunk("Hi", reason="stop", reasoning_content="Hm.") | usage(3), random.Random(1)
    whole["choices"] = chunk("Hi")["choices"]
    refused = 0
    for _ in range(3000):
        try:
            assert isinstance(read_chunk(json.dumps(spoilt(whole, rng))), Delta)
        except BackendError:
            refused += 1
    assert 0 < refused < 3000


def test_there_is_a_sign_of_life_twice_a_second_while_the_server_is_silent():
    end = Event()
    with serving(silent_until(end, begins=False)) as server:
        stream = Steps(OpenAIBackend(limits=QUICK).stream(request(server.url)))
        start = time.monotonic()
        assert [next(stream) for _ in range(3)] == [Piece()] * 3
        assert time.monotonic() - start < 4
        stream.close()
        end.set()


@pytest.mark.parametrize("begins", [True, False], ids=["while it writes", "before it says anything"])
def test_closing_hangs_up(begins):
    def step(played):
        if begins:
            saying("Hi", done=False)(played)
        played.wait_for_the_client_to_go()

    with serving(step) as server:
        stream = Steps(OpenAIBackend(limits=QUICK).stream(request(server.url)))
        while (next(stream) != Piece("Hi") and begins) or not server.requests:
            pass
        stream.close()
        assert server.hung_up.wait(30)


def test_nobody_waits_for_a_name_that_is_looked_up():
    asked, end = Event(), Event()

    def resolve(*_):
        asked.set()
        end.wait(30)
        raise OSError("never found")

    start = time.monotonic()
    stream = Steps(OpenAIBackend(limits=QUICK, resolve=resolve).stream(request("http://localhost/v1")))
    while not asked.is_set():
        assert next(stream) == Piece()
    assert next(stream) == Piece()
    stream.close()
    assert time.monotonic() - start < 15
    end.set()


def test_the_estimate_is_never_far_below_what_vocabularies_need():
    count = OpenAIBackend().count_tokens
    assert count(request("http://127.0.0.1/v1", prompt="안녕" * 100)) >= 600
    assert count(request("http://127.0.0.1/v1", prompt="1234567890" * 10)) >= 100
    english = "The sky is blue because air scatters short waves more than long ones. " * 50
    assert 50 * 15 < count(request("http://127.0.0.1/v1", prompt=english)) < len(english) / 2


@pytest.mark.parametrize("listed", [["other", "tiny"], ["models/tiny"], ["tiny:latest"]])
def test_a_model_that_the_server_lists_is_fit(listed):
    with serving(listing(*listed)) as server:
        backend("openai").warm_up({"base_url": server.url, "model": "tiny"})
    assert server.requests[0][0] == "/v1/models"


def test_a_model_that_the_server_does_not_list_is_named_beside_those_that_it_does():
    with serving(listing("big", "small")) as server, pytest.raises(Unavailable, match=r"'tiny'.*'big', 'small'"):
        backend("openai").warm_up({"base_url": server.url, "model": "tiny"})


@pytest.mark.parametrize("step", [replying(404), replying(200, "<html>"), replying(200, '{"data": 3}'), replying(503)])
def test_a_server_without_a_list_of_models_is_not_fit(step):
    with serving(step) as server, pytest.raises(Unavailable, match="does not list its models"):
        backend("openai").warm_up({"base_url": server.url, "model": "tiny"})


def test_an_answer_of_thoughts_alone_is_none():
    with pytest.raises(GenerationFailed, match="thoughts"):
        told(saying(chunk(None, reasoning_content="Hm."), chunk(reason="length")))


@pytest.mark.parametrize("reason", ["error", "network_error", "insufficient_system_resource"])
def test_an_end_that_is_not_the_models_own_is_a_failure(reason):
    with pytest.raises(GenerationFailed, match=reason):
        told(saying("Hi", chunk(reason=reason)))


@pytest.mark.parametrize(
    "said",
    [
        "request (9031 tokens) exceeds the available context size (1024 tokens), try increasing it",
        "This model's maximum context length is 4096 tokens.",
        "`inputs` tokens + `max_new_tokens` must be <= 2048",
        '{"code": "context_length_exceeded"}',
        "prompt is too long: 200251 tokens > 199999 maximum",
    ],
)
def test_a_conversation_that_does_not_fit_is_told_as_such(said):
    with pytest.raises(PromptTooLong):
        told(replying(400, json.dumps({"error": {"message": said}})))
    with pytest.raises(PromptTooLong):
        told(saying({"error": {"message": said}}))


def test_a_server_that_breaks_over_its_context_size_is_unavailable():
    with pytest.raises(Unavailable):
        told(replying(500, "cannot allocate the context size"))


@pytest.mark.parametrize("word", ["STOP", "end", "EOS", "complete", "tool_calls", "a word of its own"])
def test_any_reason_after_a_text_is_a_stop(word):
    assert told(saying("Hi", chunk(reason=word)))[1].reason == "stop"


def test_a_reason_that_nobody_knows_is_named_in_the_log(caplog):
    told(saying("Hi", chunk(reason="a word of its own")))
    assert "a word of its own" in caplog.text


@pytest.mark.parametrize("word", ["MAX_TOKENS", "max_output_tokens"])
def test_an_answer_that_reached_its_limit_says_so_in_any_case(word):
    assert told(saying("Hi", chunk(reason=word)))[1].reason == "length"


@pytest.mark.parametrize("word", ["null", "None", ""])
def test_no_reason_in_words_is_none(word):
    assert told(saying(chunk("Hel", reason=word), chunk("lo", reason=word)))[0] == "Hello"


def test_a_reason_with_each_chunk_ends_nothing_while_words_come():
    def step(played):
        for word in ("one ", "two ", "three ", "four"):
            saying(chunk(word, reason="stop"), done=False)(played)
            Event().wait(0.8)

    assert told(step)[0] == "one two three four"


def test_a_stream_that_breaks_after_reasons_that_were_none_is_no_whole_answer():
    with pytest.raises(GenerationFailed):
        told(saying(chunk("Half ", reason="stop"), chunk("an", reason="stop"), {"error": {"code": 500}}))


def whole(text, reason=None, **delta):
    return {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": reason, **delta}]}


REPEATED = {
    "message beside delta": [
        whole("Tides", delta={"content": "Tides"}),
        whole("Tides follow", delta={"content": " follow"}),
        whole("Tides follow", "stop", delta={}),
    ],
    "message at the end": [chunk("Tides"), chunk(" follow"), whole("Tides follow", "stop")],
    "messages only": [whole("Tides"), whole("Tides follow"), whole("Tides follow", "stop")],
    "deltas that hold all so far": [
        chunk("Tid"),
        chunk("Tides"),
        chunk("Tides fol"),
        chunk("Tides follow", reason="stop"),
    ],
    "the last one twice": [chunk("Tides"), chunk("Tides follow"), chunk("Tides follow", reason="stop")],
    "two of them": [chunk("Tides"), chunk("Tides follow"), chunk(reason="stop")],
}


@pytest.mark.parametrize("said", REPEATED.values(), ids=REPEATED)
def test_a_text_that_a_server_repeats_is_shown_once(said):
    assert told(saying(*said))[0] == "Tides follow"


def test_a_text_that_repeats_itself_stays():
    assert told(saying("ha", "haha", "ha ", "ha", chunk(reason="stop")))[0] == "hahahaha ha"
    assert told(saying("1", "1", "11", "1", chunk(reason="stop")))[0] == "11111"
    assert told(saying("ha ", *["ha ha ha ha "] * 6, chunk(reason="stop")))[0] == "ha " * 25


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/json", "application/x-ndjson"])
def test_what_a_reply_is_its_bytes_say(kind):
    body = b"".join(map(event, [chunk("Hel"), chunk("lo", reason="stop")])).decode()
    assert told(replying(200, body, Content_Type=kind))[0] == "Hello"


def test_lines_may_end_in_a_carriage_return():
    body = b"".join(map(event, [chunk("Hel"), chunk("lo", reason="stop")])).decode().replace("\n", "\r")
    assert told(replying(200, body, Content_Type="text/event-stream"))[0] == "Hello"


def test_objects_line_by_line_are_a_stream_too():
    body = "".join(json.dumps(part) + "\n" for part in [chunk("Hel"), chunk("lo", reason="stop")])
    assert told(replying(200, body, Content_Type="application/x-ndjson"))[0] == "Hello"


def test_a_page_is_no_answer():
    with pytest.raises(Unavailable, match="is base_url right"):
        told(replying(200, "<html>Welcome</html>", Content_Type="text/event-stream"))


def test_what_a_server_says_of_itself_and_counts_comes_with_the_end():
    said = chunk("Hi", reason="stop") | {"model": "tiny-2026-05-01", "system_fingerprint": "fp_7"}
    counts = {"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 4}}
    end = told(saying(said, {"choices": [], "usage": counts}))[1]
    assert end == Completion("stop", 3, 9, 4, {"model": "tiny-2026-05-01", "fingerprint": "fp_7"})


@pytest.mark.parametrize("said", [[""], [" ", "\n"], [chunk(None)]])
def test_success_without_a_word_is_no_answer(said):
    with pytest.raises(GenerationFailed, match="said nothing"):
        told(saying(*said, chunk(reason="stop"), usage(5)))


def test_a_bare_list_of_models_is_one():
    with serving(replying(200, json.dumps([{"id": "tiny"}]))) as server:
        backend("openai").warm_up({"base_url": server.url, "model": "tiny"})
