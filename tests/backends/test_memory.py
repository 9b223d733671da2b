import shutil

import pytest

from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.memory import budget_bytes, bytes_needed
from tests.backends.asking import answer, ask


def test_what_weights_need_is_read_from_the_headers_of_their_files(models):
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(models / "tiny")
    assert bytes_needed(models / "tiny") == 4 * sum(p.numel() for p in model.parameters())


def test_weights_beyond_the_budget_are_refused_before_they_are_loaded(models, tmp_path, settings):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    for layer in range(12):  # headers alone: a file of 400 GB that takes no room
        shape = f'{{"x": {{"dtype": "F32", "shape": [100000, 100000, {layer + 1}], "data_offsets": [0, 0]}}}}'.encode()
        (tmp_path / "tiny" / f"model-{layer}.safetensors").write_bytes(len(shape).to_bytes(8, "little") + shape)
    with pytest.raises(Unavailable, match=r"tiny needs about 3\d\d\d\.\d GB .* larger machine"):
        answer(TransformersBackend(tmp_path), ask("hello"))
    settings.MODEL_MEMORY_MB = 10_000_000
    assert budget_bytes() == 10_000_000 * 2**20


def test_an_operators_budget_goes_before_what_is_free(models, settings):
    settings.MODEL_MEMORY_MB = 1
    assert answer(TransformersBackend(models), ask("hello"))


def test_a_damaged_header_says_so(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    (tmp_path / "tiny" / "model.safetensors").write_bytes(b"\xff" * 20)
    with pytest.raises(Unavailable, match="is damaged"):
        answer(TransformersBackend(tmp_path), ask("hello"))


def test_something_is_free():
    assert budget_bytes() > 2**20
