"""The entries that are ready to copy: valid, off until someone copies them, and each tried on a tiny twin."""

import shutil

import pytest
from django.core.management import call_command

from arena.backends.base import Decoding, Message, Request
from arena.backends.prompt_templates import named
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.prompt import PromptFormat
from arena.entries.catalog import SHIPPED, catalog_files, read_catalog
from arena.models import LanguageModel
from tests.backends.asking import pieces_of
from tests.backends.test_adapters import write_adapter
from tests.backends.tiny_family import family_of, write_twin

FILES = sorted((SHIPPED / "family").glob("*.toml"))
ENTRIES = [entry for file in FILES for entry in read_catalog([file]).entries]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_an_entry_of_the_family_has_a_full_card(entry):
    names = ("organisation", "licence", "description", "link", "weights", "parameters", "context_tokens")
    assert all(entry.fields[name] for name in names)
    assert "gated" in entry.fields["description"].lower()
    gigabytes = round(entry.fields["parameters"] * 4 / 1e9)
    assert f"about {gigabytes} GB of memory" in entry.fields["description"]


def test_the_family_can_be_switched_on_beside_the_shipped_entries():
    catalog = read_catalog([*catalog_files(SHIPPED / "none"), *FILES])
    slugs = {entry.slug for entry in catalog.entries}
    assert {"llama-2-7b-chat", "llama-2-13b-chat", "llama-2-70b-chat", "code-llama-7b-instruct"} <= slugs
    assert {"alpaca-7b", "alpaca-lora-7b", "vicuna-7b-v1-5", "vicuna-13b-v1-5", "llama-guard-7b"} <= slugs
    assert all(entry.fields["weights"] in catalog.weights for entry in catalog.entries)


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """A folder of models with a tiny twin of each set of weights, and of the one adapter."""
    folder = tmp_path_factory.mktemp("twins")
    for weights_id in {entry.fields["weights"] for entry in ENTRIES}:
        write_twin(folder / weights_id, family_of(weights_id))
    write_adapter(folder, "alpaca-lora-7b", seed=1, base_id="llama-7b")
    return folder


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_an_entry_of_the_family_answers_on_a_twin_of_its_architecture(entry, twins):
    fields = entry.fields
    system = (Message("system", fields["system_prompt"]),) if fields["system_prompt"] else ()
    options = {"weights": fields["weights"], "adapter": fields["adapter"]}
    how = Decoding(fields["temperature"], fields["top_p"], max_new_tokens=12)
    request = Request((*system, Message("user", "안녕 🙂 the cat?")), how, 1, fields["prompt_template"], options)
    pieces, completion = pieces_of(TransformersBackend(twins).stream(request))
    assert completion.reason in ("stop", "length")
    assert 0 <= completion.tokens <= 12
    assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
def test_a_twin_reads_what_the_template_writes_with_one_beginning(entry, twins):
    fields = entry.fields
    prompt_format = PromptFormat.read(twins / fields["weights"])
    options = {"weights": fields["weights"]}
    request = Request((Message("user", "안녕 🙂"),), Decoding(), 1, fields["prompt_template"], options)
    ids = prompt_format.token_ids(request)
    written = prompt_format._text(named(fields["prompt_template"]), request.messages)
    assert prompt_format.tokenizer.decode(ids, skip_special_tokens=True) == written
    assert ids[0] == prompt_format.tokenizer.token_to_id("<s>") != ids[1]
    assert TransformersBackend(twins).count_tokens(request) == len(ids)


@pytest.mark.django_db
def test_an_entry_of_the_family_competes_only_once_it_is_copied(settings, tmp_path):
    settings.VAR = tmp_path
    call_command("load_catalog")
    assert not LanguageModel.objects.filter(slug="alpaca-7b").exists()
    (tmp_path / "catalog").mkdir()
    for name in ("alpaca", "llama_guard"):
        shutil.copy(SHIPPED / "family" / f"{name}.toml", tmp_path / "catalog")
    call_command("load_catalog")
    LanguageModel.objects.live().get(slug="alpaca-7b").full_clean()
    assert not LanguageModel.objects.live().filter(slug="llama-guard-7b").exists()
