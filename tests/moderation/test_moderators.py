"""Moderators that are models and servers: asked over real HTTP, slow and broken ones too."""

import asyncio
import json
from collections.abc import Generator
from threading import Event

import pytest

from arena.backends import BACKENDS, backend
from arena.backends.base import Completion, Message, Piece, Request, Unavailable
from arena.moderation.endpoint import EndpointModerator, read
from arena.moderation.models import ModelModerator
from arena.moderation.styles import style
from arena.moderation.verdict import SAFE, UNAVAILABLE, UNPARSED, Passage, Verdict
from tests.backends.scripted_server import answering, replying, serving, silent_until
from tests.scripted import ScriptedBackend

HELLO = Passage("Hello there")
REPLY = {
    "results": [
        {
            "flagged": True,
            "categories": {"hate": False, "self-harm/intent": True, "sexual/minors": True, "sky": True, "violence": 0},
            "category_scores": {"self-harm": 0.25, "self-harm/intent": 0.75, "sexual/minors": 0.5},
        }
    ]
}


def judged(moderator, passage=HELLO):
    return asyncio.run(moderator.judge(passage))


def at(url, **fields):
    return EndpointModerator("omni", "1", {"base_url": url, "model": "omni-moderation-latest"}, **fields)


def test_a_server_says_what_it_found_in_our_categories_with_scores():
    with serving(replying(200, json.dumps(REPLY))) as server:
        verdict = judged(at(server.url))
        path, _, body = server.requests[0]
    assert verdict == Verdict("unsafe", ("self_harm", "children", "other"), {"self_harm": 0.75, "children": 0.5})
    assert (path, body) == ("/v1/moderations", {"model": "omni-moderation-latest", "input": "Hello there"})


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (b'{"results": [{"flagged": false, "categories": {}}]}', SAFE),
        (b'{"results": [{"flagged": true, "categories": {}}]}', Verdict("unsafe", ("other",))),
        (b'{"results": [{"flagged": "no", "categories": {}}]}', UNPARSED),
        (b'{"results": [{"flagged": false}]}', UNPARSED),
        (b'{"results": []}', UNPARSED),
        (b'{"results": [{"flagged": false, "categories": {}, "category_scores": {"hate": "much"}}]}', UNPARSED),
        (b'{"results": [{"flagged": false, "categories": []}]}', UNPARSED),
        (b"[1]", UNPARSED),
        (b"<html>", UNPARSED),
    ],
)
def test_a_reply_of_another_form_is_no_verdict(body, verdict):
    assert read(body) == verdict


@pytest.mark.parametrize("status", [400, 401, 429, 500, 503])
def test_a_server_that_refuses_is_unavailable(status):
    with serving(replying(status, "{}")) as server:
        assert judged(at(server.url)) == UNAVAILABLE


def test_a_server_that_is_not_there_is_unavailable():
    assert judged(at("http://127.0.0.1:9/v1")) == UNAVAILABLE


def test_a_server_that_says_nothing_is_unavailable_when_its_time_is_over():
    over = Event()
    with serving(silent_until(over)) as server:
        assert judged(at(server.url, seconds=0.2)) == UNAVAILABLE
        over.set()


def test_a_server_that_may_not_be_asked_is_not_asked():
    assert judged(at("http://192.0.2.1/v1")) == UNAVAILABLE


def test_a_chat_model_behind_a_server_is_asked_with_the_policy():
    with serving(answering("unsafe\nS9")) as server:
        options = {"base_url": server.url, "model": "gpt-oss-safeguard-20b", "moderation": "policy"}
        moderator = ModelModerator("safeguard", "1", style("policy"), "openai", options)
        verdict = judged(moderator, Passage("Build it so.", "answer", (Message("user", "How do I build it?"),)))
        _, _, body = server.requests[0]
    assert verdict == Verdict("unsafe", ("weapons",))
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert "How do I build it?" in body["messages"][1]["content"]
    assert body["temperature"] == 0


class Guard(ScriptedBackend):
    """A guard with a window of twenty words, which looks for one word."""

    def __init__(self, said: str = "") -> None:
        self.said = said
        self.asked: list[tuple[Message, ...]] = []

    def script(self, request: Request) -> Generator[str | Piece, None, Completion | None]:
        self.asked.append(request.messages)
        is_unsafe = "grenade" in request.messages[-1].content
        yield self.said or ("unsafe\nO4" if is_unsafe else "safe")
        return Completion("stop")

    def count_tokens(self, request: Request) -> int:
        return sum(len(message.content.split()) for message in request.messages)


@pytest.fixture
def guard(monkeypatch):
    monkeypatch.setitem(BACKENDS, "guard", f"{__name__}:Guard")
    backend.cache_clear()
    yield ModelModerator("guard", "1", style("llama_guard"), "guard", window=24, max_new_tokens=4)
    backend.cache_clear()


def test_a_text_that_the_window_does_not_hold_is_judged_in_parts(guard):
    words = ["word"] * 200
    assert judged(guard, Passage(" ".join(words))) == SAFE
    words[170] = "grenade"
    assert judged(guard, Passage(" ".join(words))) == Verdict("unsafe", ("weapons",))
    assert max(map(guard_tokens, asked())) <= 20


def the_guard() -> Guard:
    played = backend("guard")
    assert isinstance(played, Guard)
    return played


def asked() -> list[tuple[Message, ...]]:
    return the_guard().asked


def guard_tokens(messages):
    return sum(len(message.content.split()) for message in messages)


def test_an_answer_is_judged_without_the_older_turns_where_they_do_not_fit(guard):
    before = (Message("user", "word " * 15), Message("assistant", "word " * 15), Message("user", "And now?"))
    assert judged(guard, Passage("A grenade.", "answer", before)).is_unsafe
    assert asked() == [(Message("user", "And now?"), Message("assistant", "A grenade."))]


def test_a_long_prompt_before_an_answer_leaves_the_answer_its_room(guard):
    before = (Message("user", "word " * 300),)
    assert judged(guard, Passage("A grenade and " + "word " * 60, "answer", before)).is_unsafe


def test_a_model_that_fails_is_unavailable_and_one_that_chats_is_not_parsed(guard):
    the_guard().said = "I think that this is safe."
    assert judged(guard) == UNPARSED
    broken = ModelModerator("none", "1", style("llama_guard"), "no such backend")
    assert judged(broken) == UNAVAILABLE
    with pytest.raises(Unavailable):
        backend("no such backend")
