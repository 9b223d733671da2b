"""What `models test` advises about an entry behind a server: by what the server said, in the words that servers use."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.backends.scripted_server import replying, saying, serving
from tests.factories import make_entry

pytestmark = pytest.mark.django_db

#: Nothing listens on port 1.
NOWHERE = "http://127.0.0.1:1/v1"


def advised(base_url, **options):
    """The first line of what is said about a test that failed."""
    entry = make_entry(backend="openai", options={"base_url": base_url, "model": "tiny"} | options)
    with pytest.raises(CommandError) as refusal:
        call_command("models", "test", entry.slug)
    what_to_do, cause = str(refusal.value).splitlines()
    assert cause
    return what_to_do


def advised_by(*script, **options):
    with serving(*script) as server:
        return advised(server.url, **options)


def refusing(status, message, **error):
    return replying(status, json.dumps({"error": {"message": message} | error}), Content_Type="application/json")


LEAVE_OUT = "set the option `leave_out = "
KEYED = {"api_key_env": "SOME_API_KEY"}
SAID = [
    (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
     {}, 'set the option `limit_name = "max_completion_tokens"`'),
    (422, "body.max_completion_tokens: Extra inputs are not permitted", {"limit_name": "max_completion_tokens"},
     'set the option `limit_name = "max_tokens"`'),
    (400, "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) is supported.",
     {}, f'{LEAVE_OUT}["temperature"]`'),
    (400, "Unsupported parameter: 'top_p' is not supported with this model.", {"leave_out": ["temperature"]},
     f'{LEAVE_OUT}["temperature", "top_p"]`'),
    (400, "`temperature` and `top_p` cannot both be specified for this model. Please use only one.", {},
     f'{LEAVE_OUT}["top_p"]`'),
    (400, "Unrecognized request argument supplied: seed", {}, f'{LEAVE_OUT}["seed"]`'),
    (422, "stream_options: Extra inputs are not permitted", {}, f'{LEAVE_OUT}["stream_options"]`'),
    (400, "System role not supported", {}, 'set the option `system = "fold"`'),
    (500, "Jinja error: Conversation roles must alternate user/assistant/user/assistant", {}, '`system = "fold"`'),
    (400, "max_tokens is too large: 512. This model supports at most 256 completion tokens.", {},
     "at most 256 tokens: lower the entry's max_new_tokens"),
    (400, "This model's maximum context length is 512 tokens. However, you requested 530 tokens (18 in the messages, "
     "512 in the completion).", {}, "set the entry's context_tokens = 512"),
    (400, "Unknown parameter: 'top_k'.", {"body": {"top_k": 20}}, "correct it in the option `body`"),
    (400, "Invalid 'stop': array too long. Expected at most 4.", {"stops": ["END"]}, "correct the option `stops`"),
    (400, "Unrecognized request argument supplied: chat_template_kwargs", {"thinking": "off"},
     "set `thinking_as` to a key that it knows"),
    (401, "Incorrect API key provided.", KEYED, "refuses the key in SOME_API_KEY"),
    (403, "Forbidden", {"headers_env": {"api-key": "SOME_HEADER"}}, "refuses the key in SOME_HEADER"),
    (401, "Missing bearer authentication in header", {}, "in the option `api_key_env`"),
    (400, "API key not valid. Please pass a valid API key.", KEYED, "refuses the key in SOME_API_KEY"),
    (404, "The model `tiny` does not exist or you do not have access to it.", {}, "does not know the model 'tiny'"),
    (404, 'model "tiny" not found, try pulling it first', {}, "does not know the model 'tiny'"),
    (400, "tiny is not a valid model ID", {}, "does not know the model 'tiny'"),
    (404, "The API deployment for this resource does not exist.", {}, "does not know the model 'tiny'"),
    (404, "Not Found", {}, "/chat/completions: base_url ends in /v1 at most servers"),
    (402, "Insufficient credits", {}, "no credit left"),
    (307, "moved", {}, "base_url must be the final address"),
    (500, "CUDA error: an illegal memory access was encountered", {}, "its log says where"),
    (418, "I'm a teapot", {}, "says why: what it does not know goes into `leave_out`"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "message", "options", "words"), SAID, ids=lambda value: str(value)[:40])
def test_what_the_server_said_leads_to_what_helps(status, message, options, words, monkeypatch):
    for name in ("SOME_API_KEY", "SOME_HEADER"):
        monkeypatch.setenv(name, "sk-canary")
    answer = advised_by(refusing(status, message, type="invalid_request_error"), **options)
    assert words in answer
    assert "ARENA_REMOTE_HOSTS" not in answer


def test_an_error_in_the_stream_is_read_too():
    said = saying({"error": {"code": 400, "message": "Unrecognized request argument supplied: seed"}})
    assert f'{LEAVE_OUT}["seed"]`' in advised_by(said)


def test_a_page_is_told_from_a_model_server():
    page = replying(200, "<!doctype html><title>Welcome</title>", Content_Type="text/html")
    assert "base_url ends in /v1 at most servers" in advised_by(page)


@pytest.mark.parametrize(
    ("base_url", "options", "words"),
    [
        (NOWHERE, {}, "does not answer: check that it runs at http://127.0.0.1:1/v1"),
        ("https://api.example.com/v1", {}, "Set ARENA_REMOTE_HOSTS and start the arena again: api.example.com:443"),
        (NOWHERE, {"api_key_env": "ABSENT_API_KEY"}, "Set ABSENT_API_KEY in the environment of this command"),
        (NOWHERE, {"leave_out": ["all"]}, "Correct [entry.options]: the option 'leave_out' must be a list"),
        (NOWHERE, {"extra": {}}, "Correct [entry.options]: unknown options ['extra']"),
    ],
)
def test_where_nothing_was_sent_the_reason_is_ours(base_url, options, words):
    assert words in advised(base_url, **options)
