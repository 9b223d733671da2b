"""A worker with weights of its own loads them before its first task, or serves nothing and says why."""

import json
import re
import shutil

import pytest
from celery.signals import worker_init
from django.core.management import call_command

import arena.tasks  # noqa: F401 (connects the warm-up)
from arena.backends import BACKENDS
from arena.models import Answer
from arena.supervisor.child import CANNOT_SERVE
from tests.factories import make_battle, make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(models, settings, tmp_path):
    """Weights in an arena of their own."""
    settings.VAR = tmp_path
    return shutil.copytree(models / "tiny", tmp_path / "models" / "tiny")


@pytest.fixture
def start(monkeypatch, tmp_path):
    """What a worker for these weights does first; how it ends, None where it goes on to serve."""
    from arena.backends import backend

    def start(weights="tiny"):
        backend.cache_clear()
        monkeypatch.setenv("ARENA_WARM_UP", weights)
        try:
            worker_init.send(sender=None)
        except SystemExit as end:
            return end.code
        return None

    yield start
    backend.cache_clear()


def make_local(name, **fields):
    return make_entry(name, **{"backend": "transformers", "weights": "tiny", "prompt_template": "tokenizer"} | fields)


def state_of(entry):
    entry.refresh_from_db()
    return entry.state, entry.broken_because


def without_a_tensor(folder):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    del tensors["model.layers.1.mlp.up_proj.weight"]
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def with_config(folder, **values):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | values))


def test_a_worker_without_its_weights_does_not_serve_and_its_entries_are_broken(folder, start):
    entry, other = make_local("ZEBRA-7", weights="nowhere"), make_local("TAPIR-3")
    assert start("nowhere") == CANNOT_SERVE
    assert state_of(entry) == (
        "broken",
        f"no weights in {folder.parent}/nowhere: run `python manage.py prepare_models nowhere`",
    )
    assert state_of(other) == ("active", "")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (without_a_tensor, "missing: model.layers.1.mlp.up_proj.weight"),
        (lambda folder: with_config(folder, rope_parameters={"rope_type": "nonsense"}), "KeyError: 'nonsense'"),
        (lambda folder: with_config(folder, quantization_config={"quant_method": "gptq", "bits": 4}), "GPTQ"),
        (lambda folder: (folder / "config.json").write_text("[]"), "config.json cannot be read"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "the tokenizer in .* cannot be read"),
    ],
    ids=["a tensor is missing", "an unknown setting", "a package is missing", "no table", "no tokenizer"],
)
def test_whatever_keeps_weights_from_loading_is_one_sentence(folder, start, damage, sentence):
    damage(folder)
    entry = make_local("ZEBRA-7")
    assert start() == CANNOT_SERVE
    state, said = state_of(entry)
    assert (state, said.count("\n")) == ("broken", 0)
    assert re.search(sentence, said)


def test_the_list_of_entries_says_which_are_broken_and_why(folder, start, capsys):
    make_local("ZEBRA-7")
    without_a_tensor(folder)
    start()
    call_command("models", "list")
    assert "zebra-7 is broken: the weights in " in capsys.readouterr().out


def test_what_waits_for_weights_that_do_not_load_fails_at_once(folder, start):
    battle = make_battle(make_local("ZEBRA-7"), make_entry("TAPIR-3"), is_answered=False)
    without_a_tensor(folder)
    assert start() == CANNOT_SERVE
    states = Answer.objects.filter(turn__battle=battle).order_by("slot").values_list("state", flat=True)
    assert list(states) == ["failed", "pending"]


def test_an_entry_comes_back_when_its_weights_load_again(folder, start):
    drawn, paused = make_local("ZEBRA-7"), make_local("TAPIR-3", state="paused")
    whole = (folder / "model.safetensors").read_bytes()
    without_a_tensor(folder)
    assert start() == CANNOT_SERVE
    assert [state_of(entry)[0] for entry in (drawn, paused)] == ["broken", "broken"]
    (folder / "model.safetensors").write_bytes(whole)
    assert start() is None
    assert [state_of(entry) for entry in (drawn, paused)] == [("active", ""), ("paused", "")]


def test_an_adapter_that_cannot_be_loaded_breaks_its_own_entry_only(folder, start):
    (folder.parent / "lora").mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (folder.parent / "lora" / name).write_text("{}")
    plain, adapted = make_local("ZEBRA-7"), make_local("TAPIR-3", adapter="lora")
    assert start() is None
    assert state_of(plain) == ("active", "")
    assert state_of(adapted)[0] == "broken"
    assert "the adapter in " in state_of(adapted)[1]


def test_a_tokenizer_that_panics_is_one_sentence(folder, start):
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["post_processor"]["special_tokens"] = {}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    entry = make_local("ZEBRA-7")
    assert start() == CANNOT_SERVE
    assert state_of(entry)[0] == "broken"
    assert "the tokenizer in " in state_of(entry)[1]


class Deadly:
    """Ends its process, as the system does with one that takes too much memory."""

    def warm_up(self, options):
        raise SystemExit(137)


def test_weights_under_which_workers_die_are_not_loaded_a_third_time(folder, start, monkeypatch):
    monkeypatch.setitem(BACKENDS, "transformers", f"{__name__}:Deadly")
    entry = make_local("ZEBRA-7")
    assert [start(), start(), start()] == [137, 137, CANNOT_SERVE]
    assert state_of(entry)[1].startswith("2 workers in a row died while they loaded tiny")
    assert start() == 137, "once it is started again, it may try again"


def test_a_load_that_works_is_no_death(folder, start):
    make_local("ZEBRA-7")
    assert [start() for _ in range(4)] == [None] * 4


def test_a_retired_entry_stays_retired(folder, start):
    entry = make_local("ZEBRA-7", state="retired")
    without_a_tensor(folder)
    assert start() == CANNOT_SERVE
    assert state_of(entry) == ("retired", "")


def test_other_workers_load_nothing(monkeypatch):
    monkeypatch.delenv("ARENA_WARM_UP", raising=False)
    assert all(reply is None for _, reply in worker_init.send(sender=None) if not isinstance(reply, Exception))
