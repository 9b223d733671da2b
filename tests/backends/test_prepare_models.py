"""The command that every start runs: which weights are needed, and are they there."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from arena.models import LanguageModel
from arena.supervisor.prepare import STEPS

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_weights(models, settings, tmp_path):
    """An arena whose operator put the weights "tiny" into its folder of models."""
    settings.VAR = tmp_path
    shutil.copytree(models / "tiny", tmp_path / "models" / "tiny")


def enter(slug, weights, **fields):
    LanguageModel.objects.create(slug=slug, backend="transformers", weights=weights, **fields)


def describe(var, id, base=""):
    """Weights or an adapter that lie in a folder of this name."""
    kind, base = ("adapter", f'base = "{base}"') if base else ("weights", "")
    (var / "catalog").mkdir()
    (var / "catalog" / "own.toml").write_text(
        f'[{kind}.{id}]\n{base}\npath = "{var / id}"\nupstream = "https://example.org"\nlicence = "MIT"\n'
    )


def test_weights_of_active_entries_are_looked_for_once_each(own_weights, capsys):
    enter("one", "tiny")
    enter("two", "tiny")
    enter("three", "nowhere", state="retired")
    call_command("prepare_models")
    assert capsys.readouterr().out == "tiny: already there\n"


def test_weights_that_nobody_described_are_named(own_weights):
    enter("one", "nowhere")
    with pytest.raises(CommandError, match="no catalog file describes the weights 'nowhere'"):
        call_command("prepare_models")


def test_weights_can_be_named(own_weights, capsys):
    call_command("prepare_models", "tiny")
    assert capsys.readouterr().out == "tiny: already there\n"


def test_adapters_are_prepared_after_their_weights(own_weights, tmp_path, capsys):
    describe(tmp_path, "lora", base="tiny")
    (tmp_path / "lora").mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / "lora" / name).touch()
    enter("one", "tiny", adapter="lora")
    call_command("prepare_models")
    assert capsys.readouterr().out == "tiny: already there\nlora: prepared\n"


def test_what_cannot_be_had_breaks_its_own_entries_and_the_rest_is_prepared(own_weights, tmp_path, capsys):
    enter("one", "absent"), enter("two", "tiny", adapter="lora"), enter("three", "tiny"), enter("four", "nowhere")
    with pytest.raises(CommandError) as refusal:
        call_command("prepare_models")
    assert capsys.readouterr().out == "tiny: already there\n"
    assert [line.partition(":")[0] for line in str(refusal.value).splitlines()] == ["absent", "nowhere", "lora"]
    states = dict(LanguageModel.objects.values_list("slug", "state"))
    assert states == {"one": "broken", "two": "broken", "three": "active", "four": "broken"}
    assert "no catalog file describes the weights 'nowhere'" in LanguageModel.objects.get(slug="four").broken_because


def test_the_arena_starts_without_what_cannot_be_had_and_tries_it_again_at_the_next_start(
    own_weights, models, tmp_path, capsys
):
    prepare_models = STEPS["Preparing the models"]
    enter("one", "later"), enter("two", "tiny")
    prepare_models()
    assert "later: no catalog file describes" in capsys.readouterr().err
    assert LanguageModel.objects.get(slug="one").state == "broken"
    shutil.copytree(models / "tiny", tmp_path / "models" / "later")
    prepare_models()
    assert set(LanguageModel.objects.values_list("state", flat=True)) == {"active"}


def test_what_the_library_raises_while_it_converts_is_one_sentence(own_weights, tmp_path):
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "own.toml").write_text(
        f'[weights.odd]\npath = "{tmp_path / "odd.gguf"}"\nupstream = "https://example.org"\nlicence = "MIT"\n'
    )
    (tmp_path / "odd.gguf").write_bytes(b"GGUF" + bytes(200))
    enter("one", "odd")
    with pytest.raises(CommandError, match=r"odd: odd\.gguf cannot be converted"):
        call_command("prepare_models", "odd")
    assert LanguageModel.objects.get().state == "broken"


def test_what_cannot_be_had_is_one_sentence_and_leaves_nothing(own_weights, tmp_path):
    describe(tmp_path, "absent")
    enter("one", "absent")
    with pytest.raises(CommandError, match=r"there is no folder .*absent: correct the path of 'absent'"):
        call_command("prepare_models")
    assert not (tmp_path / "models" / "absent").exists()
