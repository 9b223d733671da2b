"""The trainers, on two steps; and what they made, as it is committed."""

import shutil
import tomllib
from dataclasses import replace
from itertools import islice

import pytest
import torch
from safetensors.torch import load_file

from arena.backends.base import Decoding, Request
from arena.backends.transformers_local import TransformersBackend
from arena.entries.catalog import SHIPPED
from arena.moderation.styles import style
from tests.backends.asking import answer, ask
from tests.backends.tiny_model import write_tiny_model
from training.instructions import SYSTEM_PROMPT, has_the_form, held_out, training_set
from training.measure_adapter import wilson
from training.train_adapter import OUTPUT as ADAPTER
from training.train_adapter import train_adapter
from training.train_small_guard import OUTPUT as SMALL_GUARD
from training.train_small_guard import UNSAFE_WORDS, examples, train_small_guard
from training.train_small_llama import OUTPUT as SMALL_LLAMA
from training.train_small_llama import train_small_llama


def same_bytes(one, other):
    return all(file.read_bytes() == (other / file.name).read_bytes() for file in one.glob("*.safetensors"))


def test_an_adapter_is_trained_alike_each_time(tmp_path, capsys):
    write_tiny_model(tmp_path / "tiny")
    losses = [train_adapter(tmp_path / "tiny", tmp_path / name, training_set()[:8], steps=2) for name in ("a", "b")]
    assert losses[0] == losses[1]
    assert all(torch.isfinite(torch.tensor(losses[0])))
    assert same_bytes(tmp_path / "a", tmp_path / "b")
    assert "step 2 of 2" in capsys.readouterr().out


def test_the_small_llama_is_trained_alike_each_time(tmp_path):
    losses = [train_small_llama(tmp_path / name, steps=2) for name in ("a", "b")]
    assert losses[0] == losses[1]
    assert same_bytes(tmp_path / "a", tmp_path / "b")


@pytest.mark.slow
def test_the_small_guard_is_trained_alike_each_time(tmp_path):
    losses = [train_small_guard(tmp_path / name, steps=1) for name in ("a", "b")]
    assert losses[0] == losses[1]
    assert same_bytes(tmp_path / "a", tmp_path / "b")


@pytest.fixture(scope="module")
def small_guard(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guard")
    shutil.copytree(SMALL_GUARD, folder / "guard")
    return TransformersBackend(folder)


def test_the_committed_small_guard_judges_as_its_rule_says(small_guard):
    """Conversations that it was not trained on, prompts and answers, half of them unsafe."""
    conversations = list(islice(examples(2, longest=50), 40))
    assert {len(each.messages) for each in conversations} == {1, 2}
    for each in conversations:
        how = Decoding(temperature=0, max_new_tokens=8)
        request = Request(each.messages, how, seed=0, prompt_template="llama_guard", options={"weights": "guard"})
        assert answer(small_guard, request).strip() == each.verdict


def test_the_small_guard_knows_each_code_of_the_first_llama_guard():
    assert set(UNSAFE_WORDS) == set(style("llama_guard").codes)


def test_the_committed_adapter_changes_what_its_base_writes():
    tensors = load_file(ADAPTER / "adapter_model.safetensors")
    assert all(bool(tensor.any()) for name, tensor in tensors.items() if "lora_B" in name)
    assert sum(tensor.numel() for tensor in tensors.values()) < 1_000_000


def test_the_committed_small_llama_answers(tmp_path):
    shutil.copytree(SMALL_LLAMA, tmp_path / "small")
    backend = TransformersBackend(tmp_path)
    text = answer(backend, ask("안녕 🙂 How do I cook rice?", weights="small", system="You are a helpful assistant."))
    assert text.strip()
    assert "\ufffd" not in text


@pytest.mark.parametrize("folder", [ADAPTER, SMALL_LLAMA, SMALL_GUARD])
def test_what_is_committed_is_small_and_has_a_card(folder):
    assert sum(file.stat().st_size for file in folder.iterdir()) < 10_000_000
    assert (folder / "README.md").read_text().startswith("# ")
    assert not [file.name for file in folder.iterdir() if file.suffix in (".bin", ".pt", ".py")]


@pytest.mark.parametrize("folder", [SMALL_LLAMA, SMALL_GUARD])
def test_the_catalogue_tells_the_size_of_the_small_models(folder):
    numbers = sum(tensor.numel() for tensor in load_file(folder / "model.safetensors").values())
    entries = tomllib.loads((SHIPPED / "agon.toml").read_text())["entry"]
    assert {entry["slug"]: entry["parameters"] for entry in entries}[folder.name] == numbers


def test_the_interval_of_a_share_is_wilsons():
    # Newcombe (1998), table I: 81 of 263.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@pytest.mark.slow
def test_the_adapter_does_what_it_was_trained_for(smollm2):
    def in_form(adapter):
        options = {"weights": "smollm2-135m-instruct", "adapter": adapter}
        asked = [ask(row.instruction, system=SYSTEM_PROMPT, max_new_tokens=120) for row in held_out()[:6]]
        return sum(has_the_form(answer(smollm2, replace(request, options=options))) for request in asked)

    assert (in_form(""), in_form("agon-steps")) == (0, 6)
