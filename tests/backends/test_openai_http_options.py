"""What an entry's options change in what its server is asked, and the sentence for each that cannot be used."""

from dataclasses import replace
from datetime import date
from threading import Event

import pytest

from arena.backends.base import BackendError, Message, Unavailable
from arena.backends.openai_http import OpenAIBackend
from arena.backends.openai_http.endpoint import THINKING_READ_SECONDS, Endpoint, Limits
from tests.backends.asking import pieces_of
from tests.backends.scripted_server import answering, serving, silent_until
from tests.backends.test_openai_http import QUICK, request
from tests.backends.test_openai_http_addresses import PUBLIC

HERE = {"base_url": "http://127.0.0.1/v1", "model": "tiny"}


def received(**options):
    """Path, headers and body of the request that a server gets from an entry with these options."""
    with serving(answering()) as server:
        pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url, **options)))
    return server.requests[0]


def body(**options):
    return received(**options)[2]


def test_a_table_of_the_entrys_own_is_merged_into_what_the_server_gets():
    own = {"top_k": 20, "temperature": 0.9, "provider": {"order": ["one"]}, "stop": ["x"]}
    assert body(body=own) == body() | own


def test_a_table_in_the_table_is_merged_with_ours():
    sent = body(thinking="off", body={"chat_template_kwargs": {"tone": "dry"}})
    assert sent["chat_template_kwargs"] == {"enable_thinking": False, "tone": "dry"}


def test_what_is_left_out_may_be_said_otherwise():
    assert "seed" not in body(leave_out=["seed"])
    assert body(leave_out=["seed"], body={"seed": 3})["seed"] == 3


def test_stops_are_sent_as_the_server_knows_them():
    assert body(stops=["\n\n", "END"])["stop"] == ["\n\n", "END"]
    assert "stop" not in body(stops=[])


THINKING = [
    ({"thinking": "low"}, {"reasoning_effort": "low"}),
    ({"thinking": "off"}, {"chat_template_kwargs": {"enable_thinking": False}}),
    ({"thinking": 2000}, {"thinking": {"type": "enabled", "budget_tokens": 2000}}),
    ({"thinking": "off", "thinking_as": "reasoning_effort"}, {"reasoning_effort": "none"}),
    ({"thinking": "high", "thinking_as": "chat_template_kwargs"},
     {"chat_template_kwargs": {"enable_thinking": True, "reasoning_effort": "high"}}),
    ({"thinking": 500, "thinking_as": "chat_template_kwargs"},
     {"chat_template_kwargs": {"enable_thinking": True, "thinking_budget": 500}}),
    ({"thinking": "medium", "thinking_as": "reasoning"}, {"reasoning": {"effort": "medium"}}),
    ({"thinking": 500, "thinking_as": "reasoning"}, {"reasoning": {"max_tokens": 500}}),
    ({"thinking": "off", "thinking_as": "reasoning"}, {"reasoning": {"enabled": False}}),
    ({"thinking": "off", "thinking_as": "thinking"}, {"thinking": {"type": "disabled"}}),
    ({"thinking": "low", "thinking_as": "thinking"}, {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ({"thinking": "off", "thinking_as": "enable_thinking"}, {"enable_thinking": False}),
    ({"thinking": 500, "thinking_as": "enable_thinking"}, {"enable_thinking": True, "thinking_budget": 500}),
]  # fmt: skip


@pytest.mark.parametrize(("options", "said"), THINKING)
def test_each_server_is_told_in_its_own_words_how_much_to_think(options, said):
    sent = body(**options)
    assert {name: value for name, value in sent.items() if name not in body()} == said


@pytest.mark.parametrize(
    ("options", "tokens"),
    [({"thinking": 500}, 550), ({"thinking": "high", "max_thinking_tokens": 4000}, 4050), ({"thinking": "low"}, 50)],
)
def test_thoughts_have_a_limit_beside_that_of_the_answer(options, tokens):
    assert body(**options)["max_tokens"] == tokens
    asked = request("http://127.0.0.1/v1", **options)
    counted = OpenAIBackend().count_tokens(asked)
    assert counted == OpenAIBackend().count_tokens(request("http://127.0.0.1/v1")) + tokens - 50


def test_a_system_prompt_is_folded_into_the_first_message_where_the_server_has_no_such_role():
    assert body(system="fold")["messages"] == [{"role": "user", "content": "Be short.\n\nWhy is the sky blue?"}]


def test_only_the_first_message_of_the_user_takes_the_system_prompt_in():
    more = (Message("assistant", "Light scatters."), Message("user", "And at night?"))
    with serving(answering()) as server:
        asked = request(server.url, system="fold")
        pieces_of(OpenAIBackend(limits=QUICK).stream(replace(asked, messages=asked.messages + more)))
        pieces_of(OpenAIBackend(limits=QUICK).stream(replace(asked, messages=more[1:])))
    folded, alone = (sent["messages"] for _, _, sent in server.requests)
    assert [said["content"] for said in folded] == ["Be short.\n\nWhy is the sky blue?", *(m.content for m in more)]
    assert alone == [{"role": "user", "content": "And at night?"}]


def test_azures_version_of_the_api_goes_with_each_request(monkeypatch):
    monkeypatch.setenv("AZURE_API_KEY", "azure-canary")
    with serving(answering()) as server:
        at = f"http://127.0.0.1:{server.server_port}/openai/deployments/gpt?api-version=2024-10-21"
        pieces_of(OpenAIBackend(limits=QUICK).stream(request(at, headers_env={"api-key": "AZURE_API_KEY"})))
    ((path, headers, _),) = server.requests
    assert path == "/openai/deployments/gpt/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == "azure-canary"
    assert "Authorization" not in headers


def test_headers_come_from_the_environment_beside_the_key(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "sk-canary")
    monkeypatch.setenv("OUR_TITLE_HEADER", "An arena of ours")
    headers = received(api_key_env="SOME_API_KEY", headers_env={"X-Title": "OUR_TITLE_HEADER"})[1]
    assert (headers["Authorization"], headers["X-Title"]) == ("Bearer sk-canary", "An arena of ours")


def test_a_secret_in_a_header_is_neither_shown_nor_sent_in_the_clear_to_a_public_address(settings):
    settings.REMOTE_HOSTS = ["model.test"]
    options = HERE | {"headers_env": {"Authorization": "SOME_HEADER"}}
    endpoint = Endpoint.read(options, {"SOME_HEADER": "Token sk-canary"})
    assert "canary" not in repr(endpoint)
    assert endpoint.hide_key("no such token: sk-canary") == "no such token: [key]"


def test_a_header_is_not_sent_in_the_clear_to_a_public_address(settings, monkeypatch):
    monkeypatch.setenv("SOME_HEADER", "Token sk-canary")
    settings.REMOTE_HOSTS = ["model.test"]
    asked = request("http://model.test/v1", headers_env={"Authorization": "SOME_HEADER"})
    with pytest.raises(Unavailable, match="https"):
        pieces_of(OpenAIBackend(limits=QUICK, resolve=lambda *_: [PUBLIC]).stream(asked))


@pytest.mark.parametrize("value", [None, "", " ", "a\nb", "cänary"])
def test_a_variable_without_a_header_is_named_and_its_value_is_not(value):
    environ = {} if value is None else {"SOME_HEADER": value}
    with pytest.raises(Unavailable, match="SOME_HEADER") as raised:
        Endpoint.read(HERE | {"headers_env": {"X-A": "SOME_HEADER"}}, environ)
    assert "nary" not in str(raised.value)


@pytest.mark.parametrize("name", ["read_seconds", "answer_seconds"])
def test_a_server_may_take_as_long_as_its_entry_says(name):
    end = Event()
    try:
        with (
            serving(silent_until(end, "Hel")) as server,
            pytest.raises(BackendError, match=r"(nothing for|within) 1 s"),
        ):
            pieces_of(OpenAIBackend(limits=QUICK).stream(request(server.url, **{name: 1})))
    finally:
        end.set()


@pytest.mark.parametrize(
    ("options", "read", "answer"),
    [
        ({}, 30, 180),
        ({"thinking": "off"}, 30, 180),
        ({"thinking": "low"}, THINKING_READ_SECONDS, 180),
        ({"thinking": "low", "answer_seconds": 60}, 60, 60),
        ({"thinking": "low", "read_seconds": 300, "answer_seconds": 600.5}, 300, 600.5),
    ],
)
def test_a_model_that_thinks_may_be_silent_for_longer(options, read, answer):
    limits = Endpoint.read(HERE | options).limits(Limits())
    assert (limits.read_seconds, limits.answer_seconds) == (read, answer)


MISTAKES = [
    *({"body": {name: 1}} for name in ("model", "messages", "stream", "stream_options", "max_tokens")),
    *({"body": value} for value in (["x"], "x", {"x": date(2026, 1, 1)}, {"x": float("nan")}, {"x": "y" * 20_001})),
    *({"stops": value} for value in ("x", [""], [3], ["x" * 101], ["x"] * 17)),
    *({"thinking": value} for value in ("a lot", 0, -1, 100_001, True, 1.5, ["low"])),
    *({"thinking": "low", "thinking_as": value} for value in ("words", "", 3, ["reasoning"])),
    {"thinking_as": "reasoning"},
    {"thinking_as": "reasoning_effort", "thinking": 500},
    *({"max_thinking_tokens": value} for value in (-1, 100_001, "many", True, 1.5)),
    *({name: value} for name in ("read_seconds", "answer_seconds") for value in (0, 801, "30", True, float("nan"))),
    *({"system": value} for value in ("merge", "", 3, ["fold"])),
    *({"headers_env": value} for value in (["X-A"], "X-A", {"X-A": "sk-canary"}, {"X-A": "DATABASE_URL"}, {"X-A": 3})),
    *({"headers_env": {name: "SOME_HEADER"}} for name in ("Host", "content-length", "Cookie", "X A", "X:A", "", "X\n")),
    {"headers_env": {"X-A": "SOME_HEADER", "x-a": "SOME_HEADER"}},
    {"api_key_env": "SOME_API_KEY", "headers_env": {"authorization": "SOME_HEADER"}},
    *({"base_url": f"https://example.org/v1{end}"} for end in ("?x=1", "?api-version=1&x=2", "/chat/completions")),
]  # fmt: skip


@pytest.mark.parametrize("options", MISTAKES, ids=str)
def test_a_mistaken_option_is_named_without_its_value(options):
    with pytest.raises(Unavailable, match=f"^the option '{next(reversed(options))}' ") as raised:
        Endpoint.read(HERE | options, None)
    assert "canary" not in str(raised.value)
