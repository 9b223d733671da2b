"""The entries that are ready to copy: valid, and off until someone copies them."""

import shutil

import pytest
from django.core.management import call_command

from arena.catalog import SHIPPED, catalog_files, read_catalog
from arena.models import LanguageModel

FAMILY = sorted((SHIPPED / "family").glob("*.toml"))


@pytest.mark.parametrize("file", FAMILY, ids=lambda file: file.stem)
def test_a_file_of_the_family_is_a_valid_catalog_with_full_cards(file):
    for entry in read_catalog([file]).entries:
        card = {name: entry.fields[name] for name in ("organisation", "licence", "description", "link", "weights")}
        assert all(card.values())
        assert "gated" in card["description"].lower()


def test_the_family_can_be_switched_on_beside_the_shipped_entries():
    entries = read_catalog([*catalog_files(SHIPPED / "none"), *FAMILY]).entries
    assert {"llama-2-70b-chat", "code-llama-7b-instruct", "alpaca-7b", "vicuna-13b-v1-5"} <= {e.slug for e in entries}


@pytest.mark.django_db
def test_an_entry_of_the_family_competes_only_once_it_is_copied(settings, tmp_path):
    settings.VAR = tmp_path
    call_command("load_catalog")
    assert not LanguageModel.objects.filter(slug="alpaca-7b").exists()
    (tmp_path / "catalog").mkdir()
    shutil.copy(SHIPPED / "family" / "alpaca.toml", tmp_path / "catalog")
    call_command("load_catalog")
    entry = LanguageModel.objects.live().get(slug="alpaca-7b")
    entry.full_clean()
    assert entry.prompt_template == "alpaca"
