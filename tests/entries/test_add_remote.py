"""`manage.py models add` of entries behind a model server: each is asked for one real answer first."""

import json

import pytest
from django.core.management import CommandError, call_command

from arena.models import LanguageModel
from tests.backends.scripted_server import answering, chunk, listing, replying, saying, serving

pytestmark = pytest.mark.django_db

ENTRY = """
[[entry]]
slug = "{slug}"
display_name = "{slug}"
organisation = "Somebody"
licence = "MIT"
kind = "model"
backend = "openai"
options = {{base_url = "{url}", model = "tiny"}}
"""
REFUSAL = json.dumps({"error": {"message": "Unsupported parameter: 'top_p' is not supported with this model."}})


@pytest.fixture
def add(settings, tmp_path, capsys):
    """Adds entries of these slugs behind the server, and returns the lines that the command prints."""
    settings.VAR = tmp_path / "var"

    def add(url, *slugs):
        file = tmp_path / "mine.toml"
        file.write_text("".join(ENTRY.format(slug=slug, url=url) for slug in slugs))
        call_command("models", "add", str(file))
        return capsys.readouterr().out.splitlines()

    return add


def states():
    return dict(LanguageModel.objects.values_list("slug", "state"))


def bare(*models):
    return replying(200, json.dumps([{"id": model} for model in models]), Content_Type="application/json")


@pytest.mark.parametrize(
    "list_of_models",
    [listing("tiny"), bare("large", "tiny"), replying(404), replying(200, "{}"), replying(200, "<html>")],
    ids=["listed", "a bare list", "no list", "another object", "a page"],
)
def test_a_server_that_answers_is_added_whatever_its_list_looks_like(add, list_of_models):
    with serving(list_of_models, answering()) as server:
        assert add(server.url, "zebra-7") == ["added zebra-7"]
    assert states() == {"zebra-7": "active"}
    assert [path for path, *_ in server.requests] == ["/v1/models", "/v1/chat/completions"]
    assert server.requests[1][2]["messages"][-1]["content"] == "Tell me in two sentences what the tide is."


def test_an_entry_that_its_server_refuses_is_broken_and_the_others_compete(add):
    refused = replying(400, REFUSAL, Content_Type="application/json")
    with serving(listing("tiny"), refused, listing("tiny"), answering()) as server:
        second, first, advice, cause, then = add(server.url, "zebra-7", "okapi-9")
    assert (first, second) == ("added zebra-7, broken: it did not answer", "added okapi-9")
    assert 'set the option `leave_out = ["top_p"]`' in advice
    assert "Unsupported parameter: 'top_p'" in cause
    assert "models test zebra-7" in then
    assert LanguageModel.objects.get(slug="zebra-7").broken_because == advice.strip()
    assert states() == {"zebra-7": "broken", "okapi-9": "active"}


def test_an_entry_that_says_nothing_is_broken(add):
    with serving(listing("tiny"), saying(chunk(""), chunk(" \n", reason="stop"))) as server:
        first, advice, *_ = add(server.url, "zebra-7")
    assert first == "added zebra-7, broken: it did not answer"
    assert "The model said nothing" in advice


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ((listing("large"),), "it lists: 'large'"),
        ((bare("large"),), "it lists: 'large'"),
        ((replying(404), replying(401, "who are you?")), "in the option `api_key_env`"),
        ((replying(404), replying(404)), "base_url ends in /v1"),
    ],
)
def test_nothing_is_added_where_the_server_lacks_the_model_or_does_nothing_of_what_it_should(add, script, words):
    with serving(*script) as server, pytest.raises(CommandError) as refusal:
        add(server.url, "okapi-9", "zebra-7")
    assert words in str(refusal.value)
    assert states() == {}


def test_a_host_that_is_not_listed_is_told_once_and_not_asked(add):
    with pytest.raises(CommandError, match="Set ARENA_REMOTE_HOSTS and start the arena again") as refusal:
        add("https://api.example.com/v1", "zebra-7")
    assert str(refusal.value).count("is not listed in ARENA_REMOTE_HOSTS") == 1


def test_a_server_that_is_away_is_told_once(add):
    with pytest.raises(CommandError, match="check that it runs at http://127") as refusal:
        add("http://127.0.0.1:1/v1", "zebra-7")
    assert str(refusal.value).count("does not list its models: no reply from") == 1
    assert str(refusal.value).count("no reply from") == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ([chunk(""), chunk(None, reason="stop")], "The model said nothing"),
        ([chunk(" \n\n", reason="stop")], "The model said nothing"),
        ([chunk(None, reasoning_content="Hm."), chunk(reason="length")], "used up its tokens before its first word"),
    ],
)
def test_a_test_run_without_a_word_fails_with_a_sentence(add, said, words):
    with serving(listing("tiny"), answering(), saying(*said)) as server:
        add(server.url, "zebra-7")
        with pytest.raises(CommandError, match=words):
            call_command("models", "test", "zebra-7")


def test_a_server_whose_filter_declines_the_test_is_there(add, capsys):
    filtered = replying(400, '{"error": {"code": "content_filter"}}', Content_Type="application/json")
    with serving(listing("tiny"), filtered) as server:
        assert add(server.url, "zebra-7") == ["added zebra-7"]
        call_command("models", "test", "zebra-7")
    assert "declined by a filter of its server" in capsys.readouterr().out


def test_a_broken_entry_is_drawn_again_once_its_server_answers(add):
    refused = replying(400, REFUSAL, Content_Type="application/json")
    with serving(listing("tiny"), refused, answering()) as server:
        add(server.url, "zebra-7")
        assert states() == {"zebra-7": "broken"}
        call_command("models", "test", "zebra-7")
    assert states() == {"zebra-7": "active"}
