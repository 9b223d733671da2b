"""Weights that are not whole, or not of this model, are refused by name; what runs writes what generate() writes."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.prompt import PromptFormat
from tests.backends.asking import answer, ask

GATE, UP, DOWN = (f"model.layers.1.mlp.{name}_proj.weight" for name in ("gate", "up", "down"))


@pytest.fixture
def folder(models, tmp_path):
    """A copy of tiny weights, to be damaged."""
    return shutil.copytree(models / "tiny", tmp_path / "tiny")


def change_tensors(folder, change):
    from safetensors.torch import load_file, save_file

    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def change_config(folder, **values):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | values))


def load(folder):
    TransformersBackend(folder.parent).warm_up({"weights": folder.name})


def test_missing_tensors_are_named(folder):
    change_tensors(folder, lambda tensors: tensors.pop(UP))
    with pytest.raises(Unavailable, match=rf"\(missing: {UP}\): fetch or convert them anew, or serve it"):
        load(folder)


def test_unknown_tensors_are_named_three_of_them(folder):
    change_tensors(folder, lambda tensors: tensors.update({f"extra.{n}": tensors[UP].clone() for n in range(5)}))
    with pytest.raises(Unavailable, match=r"\(unknown: extra\.0, extra\.1, extra\.2 and 2 more\)"):
        load(folder)


def test_tensors_of_another_size_are_named(folder):
    change_tensors(folder, lambda tensors: tensors.update({UP: tensors[UP][:8].clone()}))
    with pytest.raises(Unavailable, match=rf"\(of another size: {UP}\)"):
        load(folder)


def test_packed_weights_that_nobody_says_how_to_unpack_are_refused(folder):
    def packed(tensors):
        for name in (GATE, UP, DOWN):
            whole = tensors.pop(name)
            tensors[name.replace("weight", "qweight")] = whole[:8].clone()
            tensors[name.replace("weight", "scales")] = whole[:1].clone()

    change_tensors(folder, packed)
    with pytest.raises(Unavailable, match=f"missing: {DOWN}, {GATE}, {UP}; unknown: .*qweight"):
        load(folder)


def test_a_tied_head_and_an_old_mask_are_no_reason_to_refuse(folder, backend):
    change_tensors(
        folder, lambda tensors: tensors.update({"model.layers.0.self_attn.attention.bias": tensors[UP][:1].clone()})
    )
    assert answer(TransformersBackend(folder.parent), ask("hello")) == answer(backend, ask("hello"))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"quantization_config": {"quant_method": "nvfp9"}}, r"does not know \('nvfp9'\).*enter it with backend"),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, "cannot be loaded: ImportError: .*AWQ"),
        ({"rope_parameters": {"rope_type": "nonsense"}}, "cannot be loaded: KeyError: 'nonsense'"),
        ({"num_attention_heads": "four"}, "cannot be loaded: "),
        ({"model_type": ["llama"]}, "cannot be loaded: TypeError"),
    ],
)
def test_whatever_a_library_raises_while_it_loads_is_one_sentence(folder, values, sentence):
    change_config(folder, **values)
    with pytest.raises(Unavailable, match=sentence) as refusal:
        load(folder)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["[]", "{", '{"model_type": "llama", "auto_map": 3}'])
def test_a_configuration_that_says_nothing_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(Unavailable):
        load(folder)


def test_a_header_that_is_no_table_is_refused(folder):
    header = b"[1, 2]  "
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(Unavailable, match="is damaged"):
        load(folder)


SHAPE: dict[str, Any] = {
    "vocab_size": 320, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 512, "initializer_range": 0.5,
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
ODD: dict[str, tuple[str, dict[str, Any]]] = {
    # No longest conversation, and other names for all else.
    "bloom": ("BloomConfig", {"vocab_size": 320, "hidden_size": 32, "n_layer": 2, "n_head": 4}),
    "mpt": ("MptConfig", {"vocab_size": 320, "d_model": 32, "n_layers": 2, "n_heads": 4, "max_seq_len": 512}),
    # The size of a head is one thing in some layers, another in the rest.
    "gemma4": (
        "Gemma4TextConfig",
        SHAPE | {"num_hidden_layers": 4, "sliding_window": 16, "hidden_size_per_layer_input": 8,
                 "vocab_size_per_layer_input": 320, "tie_word_embeddings": False},
    ),
    "llama4": (
        "Llama4TextConfig",
        SHAPE | {"num_hidden_layers": 4, "attention_chunk_size": 16, "num_local_experts": 2,
                 "intermediate_size_mlp": 64},
    ),
    # Reads what comes later too.
    "bert": ("BertConfig", SHAPE),
    # Remembers without keys and values.
    "mamba": ("MambaConfig", {"vocab_size": 320, "hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}),
    "rwkv": ("RwkvConfig", {"vocab_size": 320, "hidden_size": 32, "num_hidden_layers": 2, "attention_hidden_size": 32}),
}  # fmt: skip


@pytest.fixture(scope="session")
def odd_models(models, tmp_path_factory):
    """A folder of models of unlike architectures, with the tokenizer of the tiny one."""
    import torch
    import transformers

    folder = tmp_path_factory.mktemp("odd")
    for name, (config, shape) in ODD.items():
        shutil.copytree(models / "tiny", folder / name, ignore=shutil.ignore_patterns("*.safetensors", "*config.json"))
        with torch.random.fork_rng():
            torch.manual_seed(3)
            model = transformers.AutoModelForCausalLM.from_config(
                getattr(transformers, config)(**{"initializer_range": 0.5} | shape)
            )
        model.generation_config.eos_token_id = None
        model.save_pretrained(folder / name)
    return folder


def reference(folder, request):
    """What transformers' own generate() writes of this request."""
    import torch
    from transformers import AutoModelForCausalLM

    prompt_format = PromptFormat.read(folder)
    prompt = prompt_format.token_ids(request)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokens = request.decoding.max_new_tokens
    written = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=tokens, pad_token_id=0)
    return prompt_format.tokenizer.decode(written[0, len(prompt) :].tolist()).replace("\ufffd", "")


@pytest.mark.parametrize("name", ["bloom", "mpt", "gemma4", "llama4"])
def test_models_of_other_shapes_write_together_what_each_would_write_alone(odd_models, name):
    requests = [ask(text, weights=name) for text in ("hello", "the cat sat on the mat and " * 4, "a")]
    backend = TransformersBackend(odd_models)
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda request: answer(backend, request), requests))
    assert all(text.strip() for text in together)
    assert together == [reference(odd_models / name, request) for request in requests]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bert", "in a batch they would write another text than alone"),
        ("mamba", "linear_attention"),
        ("rwkv", "they keep no keys and values"),
    ],
)
def test_models_that_would_write_otherwise_here_are_refused_by_their_type(odd_models, name, sentence):
    with pytest.raises(Unavailable, match=rf"models of the type {name} do not run here \({sentence}\): serve it"):
        load(odd_models / name)
