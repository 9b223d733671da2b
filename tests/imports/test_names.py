"""One name is one entry, whichever import reads it, in whatever order."""

import csv
import json
from itertools import permutations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from arena.entries.catalog import CatalogError, Entry
from arena.entries.load_catalog import load_catalog
from arena.imports.answers import import_answers
from arena.imports.benchmarks import import_benchmarks
from arena.imports.votes import import_votes
from arena.models import LanguageModel, ModelAlias, RecordedAnswer
from arena.models.catalog import Kind, State
from tests.factories import make_entry

pytestmark = pytest.mark.django_db

SPELLINGS = ["zebra-7b", "ZEBRA-7B", " Zebra  7 ", "zebra 7", "zoo/Zebra-7B-hf", "Zo\u00e9bra", "Zoe\u0301bra"]


@pytest.fixture
def zebra():
    entry = make_entry("Zebra 7", slug="zebra-7b")
    for alias in ("zoo/zebra-7b-hf", "zo\u00e9bra"):
        ModelAlias.objects.create(entry=entry, name=alias)
    return entry


def votes(folder, *pairs):
    path = folder / "votes.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["model_a", "model_b", "winner"], *([*pair, "model_a"] for pair in pairs)])
    rejected = []
    done = import_votes(path, now=timezone.now(), on_rejected=rejected.append)
    return done, [row.reason for row in rejected]


def answers(folder, generator):
    path = folder / "model_outputs.json"
    path.write_text(json.dumps([{"instruction": "Why?", "output": "So.", "generator": generator, "dataset": "koala"}]))
    return import_answers(path)


@pytest.mark.parametrize("name", SPELLINGS)
def test_votes_find_an_entry_by_slug_name_and_alias_in_any_spelling(zebra, tmp_path, name):
    done, rejected = votes(tmp_path, (name, "Okapi"))
    assert (done.new, done.new_models, rejected) == (1, ["Okapi"], [])


@pytest.mark.parametrize("name", SPELLINGS)
def test_benchmarks_find_the_same_entry(zebra, tmp_path, name):
    (tmp_path / "scores.csv").write_text(f"Model Name,LAMBADA (zero-shot)\n{name},0.5\n", encoding="utf-8")
    done = import_benchmarks(tmp_path / "scores.csv", now=timezone.now())
    assert (done.new, done.skipped) == (1, [])


def test_two_spellings_of_a_new_model_are_one_entry(tmp_path):
    done, _ = votes(tmp_path, ("Gnu 2", "Okapi"), ("GNU  2", "okapi"))
    assert (done.new, done.new_models) == (2, ["Gnu 2", "Okapi"])


def test_new_models_become_entries_in_the_order_in_which_they_come(tmp_path):
    votes(tmp_path, ("Gnu", "Okapi"), ("Kudu", "Gnu"))
    assert list(LanguageModel.objects.order_by("pk").values_list("display_name", flat=True)) == ["Gnu", "Okapi", "Kudu"]


@pytest.mark.parametrize("names", list(permutations(["m.2", "M-2", "m 2"])))
def test_names_that_differ_are_different_entries_in_any_order(tmp_path, names):
    votes(tmp_path, *((name, "Okapi") for name in names))
    assert set(LanguageModel.objects.values_list("display_name", flat=True)) == {*names, "Okapi"}


def test_an_ambiguous_name_is_nobodys_and_its_vote_is_rejected(zebra, tmp_path):
    make_entry("Zebra 7", slug="zebra-7b-brief")
    done, rejected = votes(tmp_path, ("zebra 7", "Okapi"), ("zebra-7b-brief", "Okapi"))
    assert (done.new, done.rejected) == (1, 1)
    assert rejected == ["'zebra 7' is a name of more than one entry here: write the slug of one of them"]


def test_a_vote_between_two_spellings_of_one_new_model_is_rejected(tmp_path):
    assert votes(tmp_path, ("Gnu", "GNU "))[1] == ["'Gnu' and 'GNU' are the same entry here"]


def test_recorded_answers_join_the_votes_of_the_same_model(tmp_path):
    votes(tmp_path, ("Gnu-7B", "Okapi"))
    answers(tmp_path, "gnu-7b")
    entry = LanguageModel.objects.get(display_name="Gnu-7B")
    assert (entry.kind, entry.state, entry.backend) == (Kind.RECORDED, State.ACTIVE, "recorded")
    assert RecordedAnswer.objects.get().model == entry


def test_recorded_answers_are_not_those_of_an_entry_that_answers_live(zebra, tmp_path):
    answers(tmp_path, "ZEBRA-7B")
    assert RecordedAnswer.objects.get().model.display_name == "ZEBRA-7B (recorded)"
    assert votes(tmp_path, ("ZEBRA-7B", "Okapi"))[0].new_models == ["Okapi"]


def catalogued(slug, *aliases):
    fields = {"display_name": slug, "kind": "model", "backend": "recorded", "prompt_template": "", "system_prompt": ""}
    return Entry(slug, fields, f"own.toml: {slug}", aliases)


def test_the_catalogue_gives_aliases_and_keeps_those_of_the_admin(zebra):
    load_catalog([catalogued("gnu", "Zoo/Gnu-HF")])
    ModelAlias.objects.create(entry=LanguageModel.objects.get(slug="gnu"), name="gnu nightly")
    load_catalog([catalogued("gnu", "Zoo/Gnu-HF")])
    assert set(ModelAlias.objects.filter(entry__slug="gnu").values_list("name", flat=True)) == {
        "zoo/gnu-hf",
        "gnu nightly",
    }


def test_an_alias_that_is_another_entrys_name_is_refused(zebra):
    with pytest.raises(CatalogError, match="the alias 'zebra 7' is a name of another entry already"):
        load_catalog([catalogued("gnu", "Zebra 7")])
    with pytest.raises(ValidationError, match="is a name of another entry already"):
        ModelAlias(entry=make_entry("Okapi"), name="ZEBRA-7B").full_clean()
