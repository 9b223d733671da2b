"""From the catalog's files into the database, through the command."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from arena.entries.add import CannotAdd, add_entries
from arena.entries.catalog import CatalogError
from arena.models import Battle, LanguageModel, Voter
from arena.models.catalog import State
from arena.scoring.board_rows import entry_ids
from tests.entries.samples import ENTRY

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(tmp_path, capsys):
    def load(text):
        (tmp_path / "mine.toml").write_text(text)
        call_command("load_catalog", tmp_path / "mine.toml")
        return capsys.readouterr().out.splitlines()

    return load


def fight(slug):
    """A battle of this entry."""
    rival = LanguageModel.objects.create(slug="rival", backend="recorded")
    voter = Voter.objects.create()
    entry = LanguageModel.objects.get(slug=slug)
    Battle.objects.create(
        voter=voter, model_a=rival, model_b=entry, pair_probability=1, consent_version="1", created=timezone.now()
    )


def test_an_entry_is_added(load):
    assert load(ENTRY + 'temperature = 0.2\nlink = "https://example.org"') == ["added some-model"]
    entry = LanguageModel.objects.get(slug="some-model")
    assert (entry.temperature, entry.link, entry.weights) == (0.2, "https://example.org", "some")
    entry.full_clean()


def test_loading_twice_changes_nothing(load):
    load(ENTRY)
    assert load(ENTRY) == []
    assert LanguageModel.objects.count() == 1


def test_an_entry_follows_its_file(load):
    load(ENTRY)
    assert load(ENTRY + "temperature = 0.2") == ["changed some-model: temperature"]
    assert LanguageModel.objects.get().temperature == 0.2


@pytest.mark.parametrize(
    "setting",
    ["temperature = 0.2", "top_p = 0.5", 'system_prompt = "Rhyme."', "max_new_tokens = 9", "options = {a = 1}"],
)
def test_an_entry_that_has_been_in_a_battle_keeps_what_it_competed_with(load, setting):
    load(ENTRY)
    fight("some-model")
    with pytest.raises(CommandError, match=r"mine.toml: entry 1: 'some-model' has been in battles .* new slug"):
        load(ENTRY + setting)
    assert LanguageModel.objects.get(slug="some-model").temperature == 0.7


def test_its_card_may_still_change(load):
    load(ENTRY)
    fight("some-model")
    assert load(ENTRY + 'description = "Better words."') == ["changed some-model: description"]


def test_one_refusal_leaves_everything_as_it_was(load):
    load(ENTRY)
    fight("some-model")
    with pytest.raises(CommandError):
        load(ENTRY.replace("some-model", "new-model") + ENTRY + "temperature = 0.2")
    assert not LanguageModel.objects.filter(slug="new-model").exists()


@pytest.mark.parametrize("state", [State.PAUSED, State.RETIRED])
def test_what_an_operator_paused_stays_paused(load, state):
    load(ENTRY)
    LanguageModel.objects.update(state=state)
    load(ENTRY + "temperature = 0.2")
    assert LanguageModel.objects.get().state == state


def test_the_shipped_entries_are_valid_rows():
    call_command("load_catalog")
    assert LanguageModel.objects.live().count() >= 3
    for entry in LanguageModel.objects.all():
        entry.full_clean()


def test_a_mistake_is_one_sentence(load):
    with pytest.raises(CommandError, match="unknown key 'temprature'"):
        load(ENTRY + "temprature = 1")


@pytest.fixture
def put_weights(settings, tmp_path):
    """Put the files that a prompt needs into the folder of the weights "some"."""
    settings.VAR = tmp_path

    def put_weights(**tokenizer_config):
        folder = tmp_path / "models" / "some"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("config.json", "model.safetensors"):
            (folder / name).touch()
        model = {"type": "WordLevel", "vocab": {"?": 0}, "unk_token": "?"}
        (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0", "added_tokens": [], "model": model}))
        (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))

    return put_weights


@pytest.mark.parametrize(
    ("template", "config", "sentence"),
    [
        ("tokenizer", {}, "entry 1: these weights came without a chat template"),
        ("tokenizer", {"chat_template": "{% if %}"}, "entry 1: the chat template is no Jinja"),
        ("tokenizer", {"chat_template": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"}, "calls itself without"),
        ("tokenizer", {"chat_template": [{"name": "rag", "template": "x"}]}, "none of them is called 'default'"),
        (
            "llama2",
            {"bos_token": "<s>"},
            "the chat template refuses this conversation: 'eos_token' is undefined",
        ),
    ],
)
def test_a_template_that_the_weights_cannot_be_used_with_is_refused(load, put_weights, template, config, sentence):
    put_weights(**config)
    with pytest.raises(CommandError, match=sentence):
        load(ENTRY.replace('"tokenizer"', f'"{template}"'))
    assert not LanguageModel.objects.exists()


def test_a_template_that_newer_models_have_is_taken(load, put_weights):
    put_weights(chat_template=[{"name": "default", "template": "{{ strftime_now('%Y') }} {{ messages[-1].content }}"}])
    assert load(ENTRY + "[entry.options.chat_template_kwargs]\nenable_thinking = false") == ["added some-model"]
    assert LanguageModel.objects.get().options == {"chat_template_kwargs": {"enable_thinking": False}}


def test_what_a_template_cannot_be_told_is_refused_before_its_weights_are_there(load):
    with pytest.raises(CommandError, match="entry 1: 'chat_template_kwargs' may not set messages"):
        load(ENTRY + '[entry.options.chat_template_kwargs]\nmessages = "none"')


def test_a_template_is_tried_where_its_weights_lie_before_they_are_prepared(put_weights, settings, tmp_path):
    put_weights(chat_template="{{ 'x' * 2000000000 }}")
    file, settings.VAR = tmp_path / "mine.toml", tmp_path / "elsewhere"
    file.write_text(PLACED.replace("PATH", str(tmp_path / "models" / "some")) + ENTRY)
    with pytest.raises(CatalogError, match=r"entry 1: the chat template .* more memory than a prompt may take"):
        add_entries(file, tmp_path / "own")
    with pytest.raises(CommandError, match="more memory than a prompt may take"):
        call_command("load_catalog", file)
    assert not (tmp_path / "own").exists()


def test_a_known_entry_is_refused_a_template_that_its_weights_cannot_be_used_with(load, put_weights):
    put_weights(chat_template="{{ messages[-1].content }}")
    assert load(ENTRY) == ["added some-model"]
    with pytest.raises(CommandError, match="'eos_token' is undefined"):
        load(ENTRY.replace('"tokenizer"', '"vicuna_v1.1"'))


def test_a_moderation_model_is_loaded_and_never_drawn(load):
    assert load(ENTRY.replace('"model"', '"moderator"')) == ["added some-model"]
    assert not LanguageModel.objects.live().exists()
    assert entry_ids() == []


PLACED = """
[weights.some]
path = "PATH"
upstream = "https://example.org"
licence = "MIT"
"""


def test_a_file_that_is_copied_names_its_folders_from_the_root(tmp_path):
    file, own = tmp_path / "mine.toml", tmp_path / "own"
    file.write_text(PLACED.replace("PATH", "weights") + ENTRY)
    with pytest.raises(CannotAdd, match=f"the path of 'some' must be absolute.*: {tmp_path / 'weights'}$"):
        add_entries(file, own)
    assert not own.exists()
    file.write_text(PLACED.replace("PATH", str(tmp_path / "weights")) + ENTRY)
    assert [added.entry.slug for added in add_entries(file, own)] == ["some-model"]
