"""Reading the catalog's files: what is wrong is named with file, table and key."""

import re

import pytest

from arena.entries.catalog import SHIPPED, CatalogError, catalog_files, read_catalog
from arena.entries.catalog.keys import KINDS
from arena.models import LanguageModel
from arena.models.catalog import Kind
from tests.entries.samples import ENTRY, WEIGHTS


@pytest.fixture
def read(tmp_path):
    def read(text, name="mine.toml"):
        (tmp_path / name).write_text(text)
        return read_catalog([tmp_path / name])

    return read


def test_a_file_holds_weights_and_entries(read):
    catalog = read(WEIGHTS + ENTRY)
    assert catalog.weights["some"].requirement == "some-weights==1.0"
    assert [entry.slug for entry in catalog.entries] == ["some-model"]


def test_what_is_not_said_is_what_the_database_would_take(read):
    fields = read(ENTRY).entries[0].fields
    blank = LanguageModel()
    for name in ("context_tokens", "temperature", "top_p", "max_new_tokens", "system_prompt", "link", "options"):
        assert fields[name] == getattr(blank, name)


def test_the_shipped_entries_can_be_told_apart():
    entries = read_catalog(catalog_files(SHIPPED / "none")).entries
    assert len(entries) >= 3
    assert len({entry.fields["display_name"] for entry in entries}) == len(entries)
    weights = [entry.fields["weights"] for entry in entries if entry.fields["kind"] == "model"]
    assert len(set(weights)) == len(weights), "the same weights twice is a configuration, not another model"


def test_no_shipped_system_prompt_names_the_model():
    for entry in read_catalog(catalog_files(SHIPPED / "none")).entries:
        # What judges texts has its policy in place of one.
        assert entry.fields["system_prompt"] or entry.fields["kind"] == "moderator"
        assert "smol" not in entry.fields["system_prompt"].lower()


def test_the_operators_own_files_come_after_the_shipped(tmp_path):
    (tmp_path / "b.toml").touch()
    (tmp_path / "a.toml").touch()
    assert [file.name for file in catalog_files(tmp_path)] == ["agon.toml", "smollm2.toml", "a.toml", "b.toml"]


def test_every_kind_is_one_of_the_database():
    assert set(KINDS) == set(Kind.values) - {Kind.RECORDED, Kind.IMPORTED}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ENTRY + "temprature = 0.5", "mine.toml: entry 1: unknown key 'temprature'"),
        (ENTRY + ENTRY.replace("some-model", "other") + "top_p = 0", "mine.toml: entry 2: 'top_p' must be"),
        (ENTRY + "temperature = -1", "entry 1: 'temperature' must be a number from 0 to 2, not -1"),
        (ENTRY + "temperature = nan", "entry 1: 'temperature' must be"),
        (ENTRY + "temperature = true", "entry 1: 'temperature' must be"),
        (ENTRY + 'max_new_tokens = "256"', "entry 1: 'max_new_tokens' must be a whole number"),
        (ENTRY + "max_new_tokens = 2048", "entry 1: max_new_tokens leaves no room"),
        (ENTRY + 'link = "javascript:alert(1)"', "entry 1: 'link' must be an http"),
        (ENTRY.replace("some-model", "Some Model"), "entry 1: 'slug' must be"),
        (ENTRY.replace('"model"', '"recorded"'), "entry 1: 'kind' must be one of"),
        (ENTRY.replace('"model"', "[]"), "entry 1: 'kind' must be one of"),
        (ENTRY.replace('"transformers"', '"magic"'), "entry 1: 'backend' must be one of"),
        (ENTRY.replace('weights = "some"', ""), "entry 1: weights must be given"),
        (ENTRY.replace('"tokenizer"', '"vicuna"'), "entry 1: 'prompt_template' must be one of"),
        (ENTRY.replace('prompt_template = "tokenizer"', ""), "entry 1: prompt_template must be given"),
        (ENTRY.replace('licence = "MIT"', ""), "entry 1: 'licence' is missing"),
        (ENTRY + ENTRY, "entry 1, mine.toml: entry 2: slug 'some-model' is taken twice"),
        (WEIGHTS.replace("==1.0", ""), "weights 'some': 'requirement' must be a pinned requirement"),
        (WEIGHTS.replace("some.gguf", "../some.gguf"), "weights 'some': 'file' must be"),
        (WEIGHTS.replace("weights.some", 'weights."../some"'), "'id' must be"),
        (WEIGHTS + "size = 3", "mine.toml: weights 'some': unknown key 'size'"),
        ("[model]", "mine.toml: unknown table 'model'"),
        ("entry = 3", "mine.toml: unknown table 'entry'"),
        ("entry = [3]", "mine.toml: entry 1: must be a table"),
        ("[weights]\nsome = 3", "mine.toml: weights 'some': must be a table"),
        ("[[entry]", "mine.toml: cannot be read"),
    ],
)
def test_a_mistake_is_named(read, text, sentence):
    with pytest.raises(CatalogError) as refusal:
        read(text)
    assert sentence in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CatalogError, match=r"absent\.toml: cannot be read"):
        read_catalog([tmp_path / "absent.toml"])


def test_weights_described_in_two_files_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(WEIGHTS)
    with pytest.raises(CatalogError, match=r"b\.toml: 'some' is described twice"):
        read_catalog([tmp_path / "a.toml", tmp_path / "b.toml"])


def source(**keys):
    lines = "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return f'[weights.some]\nupstream = "https://example.org"\nlicence = "MIT"\n{lines}'


def test_a_path_is_read_from_the_folder_of_its_file(tmp_path):
    (tmp_path / "own.toml").write_text(source(path="weights/some"))
    assert read_catalog([tmp_path / "own.toml"]).weights["some"].path == str(tmp_path / "weights" / "some")


def test_weights_of_a_hub_may_name_revision_and_file(tmp_path):
    (tmp_path / "own.toml").write_text(source(hub="owner/name", revision="main", file="some.gguf"))
    weights = read_catalog([tmp_path / "own.toml"]).weights["some"]
    assert (weights.hub, weights.revision, weights.file) == ("owner/name", "main", "some.gguf")


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({}, "give one of 'module' (a Python package), 'path' and 'hub', not none"),
        ({"path": "x", "hub": "a/b"}, "not path and hub"),
        ({"path": "x", "sha256": "0" * 64}, "'requirement' and 'sha256' go with 'module'"),
        ({"path": "x", "file": "x.gguf"}, "'file' with 'module' or 'hub'"),
        ({"hub": "no-owner"}, "must be a repository such as 'owner/name'"),
        ({"module": "some"}, "'requirement' is missing"),
    ],
)
def test_weights_come_from_one_place(tmp_path, keys, sentence):
    (tmp_path / "own.toml").write_text(source(**keys))
    with pytest.raises(CatalogError, match=re.escape(sentence)):
        read_catalog([tmp_path / "own.toml"])


ADAPTER = """
[adapter.lora]
base = "some"
path = "lora"
upstream = "https://example.org"
licence = "MIT"
"""


def test_an_entry_may_have_an_adapter_on_its_weights(tmp_path):
    (tmp_path / "own.toml").write_text(
        WEIGHTS + ADAPTER + ENTRY + 'adapter = "lora"\nparameters = 7000000000\nprice = 0.6\n'
    )
    catalog = read_catalog([tmp_path / "own.toml"])
    assert catalog.weights["lora"].is_adapter
    assert catalog.entries[0].fields["adapter"] == "lora"
    assert catalog.entries[0].fields["parameters"] == 7_000_000_000
    assert catalog.entries[0].fields["price"] == 0.6


@pytest.mark.parametrize(
    ("keys", "prices"),
    [
        ("price = 0.6", (0.6, None, None, 0.6)),
        ("price_out = 0.6\nprice_in = 0", (0.6, 0, None, 0.6)),
        ("price = 0.5\nprice_in = 0.1\nprice_cached = 0.01\nprice_out = 0.6", (0.5, 0.1, 0.01, 0.6)),
    ],
)
def test_an_entry_may_state_what_it_costs_to_read_and_to_write(tmp_path, keys, prices):
    (tmp_path / "own.toml").write_text(ENTRY + keys)
    (entry,) = read_catalog([tmp_path / "own.toml"]).entries
    assert tuple(entry.fields[key] for key in ("price", "price_in", "price_cached", "price_out")) == prices


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (ADAPTER.replace('"some"', '"other"') + ENTRY + 'adapter = "lora"', "the adapter 'lora' is for other"),
        (WEIGHTS + ENTRY + 'adapter = "some"', "the adapter 'some' is for nothing: it is no adapter"),
        (ENTRY.replace("transformers", "openai").replace('weights = "some"\nprompt_template = "tokenizer"', "")
         + 'adapter = "lora"', "an adapter needs the backend 'transformers'"),
        (ENTRY + "parameters = 0", "'parameters' must be a whole number above 0"),
        (ENTRY + "price = 0", "'price' must be a number above 0"),
        (ENTRY + "price = inf", "'price' must be a number above 0"),
        (ENTRY + "price = nan", "'price' must be a number above 0"),
        (ENTRY + "price_out = 0", "'price_out' must be a number above 0"),
        (ENTRY + "price_in = -1", "'price_in' must be a number, 0 or above"),
        (ENTRY + "price_cached = inf", "'price_cached' must be a number, 0 or above"),
        (WEIGHTS + ADAPTER.replace("adapter.lora", "adapter.some"), "'some' is described twice"),
    ],
)  # fmt: skip
def test_an_adapter_that_does_not_go_with_its_entry_is_refused(tmp_path, text, sentence):
    (tmp_path / "own.toml").write_text(text)
    with pytest.raises(CatalogError, match=re.escape(sentence)):
        read_catalog([tmp_path / "own.toml"])


REMOTE = ENTRY.replace("transformers", "openai").replace('weights = "some"\nprompt_template = "tokenizer"', "")
SERVER = 'base_url = "https://api.example.com/v1"\nmodel = "some"\napi_key_env = "ABSENT_API_KEY"\n'


def test_an_entry_may_say_how_its_server_is_asked_whatever_keys_are_set_here(tmp_path):
    options = 'thinking = "off"\nstops = ["END"]\n[entry.options.body]\ntop_k = 20\n'
    (tmp_path / "own.toml").write_text(f"{REMOTE}[entry.options]\n{SERVER}{options}")
    (entry,) = read_catalog([tmp_path / "own.toml"]).entries
    assert entry.fields["options"]["body"] == {"top_k": 20}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("body = {model = 'other'}", "own.toml: entry 1: the option 'body' must not hold model"),
        ("body = {messages = []}", "must not hold messages"),
        ("body = {stream = false}", "must not hold stream"),
        ("extra = {x = 1}", "unknown options ['extra']"),
        ("thinking = 'very'", "the option 'thinking' must be off, low, medium, high or a number"),
        ("thinking = 1900", "max_new_tokens and max_thinking_tokens leave no room for a prompt in context_tokens"),
    ],
)
def test_options_that_no_server_could_be_asked_with_are_refused(tmp_path, options, sentence):
    (tmp_path / "own.toml").write_text(f"{REMOTE}[entry.options]\n{SERVER}{options}")
    with pytest.raises(CatalogError, match=re.escape(sentence)):
        read_catalog([tmp_path / "own.toml"])
