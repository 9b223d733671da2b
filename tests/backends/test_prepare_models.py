"""The command that every start runs: which weights are needed, and are they there."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from arena.models import LanguageModel

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_weights(models, settings, tmp_path):
    """An arena whose operator put the weights "tiny" into its folder of models."""
    settings.VAR = tmp_path
    shutil.copytree(models / "tiny", tmp_path / "models" / "tiny")


def enter(slug, weights, **fields):
    LanguageModel.objects.create(slug=slug, backend="transformers", weights=weights, **fields)


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
