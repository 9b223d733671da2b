import json
import shutil

import pytest

from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.memory import Limits, budget_bytes, cache_bytes, fitted, weights_bytes
from tests.backends.asking import answer, ask


def test_what_weights_need_is_read_from_the_headers_of_their_files(models):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(models / "tiny")
    assert weights_bytes(models / "tiny") == 4 * sum(p.numel() for p in model.parameters())


def test_the_same_weights_in_another_layout_do_not_count_twice(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    once = weights_bytes(tmp_path / "tiny")
    shutil.copy(tmp_path / "tiny" / "model.safetensors", tmp_path / "tiny" / "consolidated.safetensors")
    assert weights_bytes(tmp_path / "tiny") == once
    (tmp_path / "tiny" / "model.safetensors").rename(tmp_path / "tiny" / "model-1-of-1.safetensors")
    index = {"weight_map": {"one": "model-1-of-1.safetensors", "two": "model-1-of-1.safetensors"}}
    (tmp_path / "tiny" / "model.safetensors.index.json").write_text(json.dumps(index))
    assert weights_bytes(tmp_path / "tiny") == once


def test_conversations_need_no_more_than_their_limit(models):
    """A token of the tiny model: keys and values, 2 layers, 2 heads of 16 numbers."""
    whole = 8 * 512 * (2 * 2 * 2 * 16 * 4)
    assert cache_bytes(models / "tiny", Limits(rows=8, cache_megabytes=1024)) == whole
    assert cache_bytes(models / "tiny", Limits(rows=8, cache_megabytes=1)) == 2**20
    assert cache_bytes(models / "none", Limits(cache_megabytes=7)) == 7 * 2**20


def large(folder):
    """Headers alone: files of 3 TB that take no room."""
    for layer in range(12):
        shape = f'{{"x": {{"dtype": "F32", "shape": [100000, 100000, {layer + 1}], "data_offsets": [0, 0]}}}}'.encode()
        (folder / f"model-{layer}.safetensors").write_bytes(len(shape).to_bytes(8, "little") + shape)
    (folder / "model.safetensors").unlink()


def test_weights_beyond_the_budget_are_refused_before_they_are_loaded(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    large(tmp_path / "tiny")
    with pytest.raises(Unavailable, match=r"tiny needs about 3\d\d\d\.\d GB .* and may take .* larger machine"):
        answer(TransformersBackend(tmp_path), ask("hello"))


def test_an_operators_budget_holds_for_weights_and_one_conversation(models, settings, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    config = json.loads((tmp_path / "tiny" / "config.json").read_text())
    (tmp_path / "tiny" / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 8192}))
    settings.MODEL_MEMORY_MB = 1  # the weights alone would fit
    with pytest.raises(Unavailable, match="or raise ARENA_MODEL_MEMORY_MB"):
        answer(TransformersBackend(tmp_path), ask("hello"))
    assert budget_bytes() == 2**20
    settings.MODEL_MEMORY_MB = 6
    assert answer(TransformersBackend(tmp_path), ask("hello"))


def test_conversations_get_the_room_that_the_weights_leave(models, settings):
    settings.MODEL_MEMORY_MB = 3
    assert (
        fitted(models / "tiny", Limits(cache_megabytes=1024)).cache_megabytes
        == 3 - weights_bytes(models / "tiny") // 2**20
    )
    settings.MODEL_MEMORY_MB = 5000
    assert fitted(models / "tiny", Limits(cache_megabytes=1024)).cache_megabytes == 1024


def test_a_damaged_header_says_so(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(Unavailable, match="is damaged"):
        answer(TransformersBackend(tmp_path), ask("hello"))


def test_something_is_free():
    assert budget_bytes() > 2**20
