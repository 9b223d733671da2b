"""LoRA adapters on one tiny base: each answer is the adapter's own, whoever else writes in the same batch."""

import json
import shutil
import threading
import warnings
from dataclasses import replace
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.prompt import PromptFormat
from tests.backends.asking import answer, ask, pieces_of

ADAPTERS = ("", "left", "right")
PROMPTS = ("hello", "안녕 🙂", "the cat sat on the mat and " * 5)


def base(models, base_id="tiny"):
    return AutoModelForCausalLM.from_pretrained(models / base_id, dtype=torch.float32)


def write_adapter(models, name, *, seed, base_id="tiny", **settings):
    """An adapter whose every matrix is filled: as peft makes it, the second one is zero and it changes nothing."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        usual: dict[str, Any] = {
            "r": 4,
            "lora_alpha": 8,
            "target_modules": ["q_proj", "v_proj"],
            "task_type": "CAUSAL_LM",
        }
        config = LoraConfig(**usual | settings)
        adapted = get_peft_model(base(models, base_id), config)
        for key, parameter in adapted.named_parameters():
            if "lora_" in key:
                torch.nn.init.normal_(parameter, std=0.4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for the base's config where the base was
        adapted.save_pretrained(models / name)


@pytest.fixture(scope="module")
def adapted(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapted")
    shutil.copytree(models / "tiny", folder / "tiny")
    write_adapter(folder, "left", seed=1)
    write_adapter(folder, "right", seed=2)
    return folder


@pytest.fixture(scope="module")
def backend(adapted):
    return TransformersBackend(adapted)


def asked(prompt, adapter, **decoding):
    request = ask(prompt, **{"max_new_tokens": 24} | decoding)
    return replace(request, options={**request.options, "adapter": adapter})


def generated(models, prompt, adapter):
    """What transformers and peft write with this adapter alone, token by token the likeliest."""
    prompt_format = PromptFormat.read(models / "tiny")
    ids = prompt_format.token_ids(asked(prompt, adapter))
    model = base(models)
    if adapter:
        model = PeftModel.from_pretrained(model, models / adapter)
    written = model.generate(input_ids=torch.tensor([ids]), do_sample=False, max_new_tokens=24, pad_token_id=0)[
        0, len(ids) :
    ]
    return prompt_format.tokenizer.decode(written.tolist()).replace("\ufffd", "")


def together(backend, requests):
    answers = [""] * len(requests)

    def write(number):
        answers[number] = answer(backend, requests[number])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_adapters_and_their_base_in_one_batch_write_what_each_writes_alone(backend, adapted):
    cases = [(prompt, adapter) for prompt in PROMPTS for adapter in ADAPTERS]
    expected = [generated(adapted, *case) for case in cases]
    assert len(set(expected)) == len(cases)
    assert together(backend, [asked(*case) for case in cases[:8]]) == expected[:8]
    assert [answer(backend, asked(*case)) for case in cases] == expected


SETTINGS: dict[str, dict[str, Any]] = {
    "rank-stabilised": {"use_rslora": True},
    "another-rank": {"rank_pattern": {"v_proj": 2}, "alpha_pattern": {"layers.1.self_attn.q_proj": 32}},
    "every-layer": {"target_modules": "all-linear"},
    "one-layer": {"layers_to_transform": [1], "exclude_modules": ["q_proj"]},
    "head": {"target_modules": ["lm_head", "down_proj"]},
    "other-beginning": {"init_lora_weights": "gaussian", "lora_dropout": 0.5},
}


def test_an_adapter_of_other_settings_writes_what_peft_writes_with_it(adapted, tmp_path):
    shutil.copytree(adapted, tmp_path / "models")
    backend, base_text = TransformersBackend(tmp_path / "models"), generated(adapted, "hello", "")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*tie_word_embeddings.*|.*ensure_weight_tying.*")
        for number, (name, settings) in enumerate(SETTINGS.items()):
            write_adapter(tmp_path / "models", name, seed=number, **settings)
        expected = [generated(tmp_path / "models", "hello", name) for name in SETTINGS]
    assert len({base_text, *expected}) == len(SETTINGS) + 1
    assert together(backend, [asked("hello", name) for name in SETTINGS]) == expected
    assert answer(backend, asked("hello", "")) == base_text


def test_a_seed_draws_the_same_whoever_else_writes(backend):
    requests = [asked("hello", adapter, temperature=1.0) for adapter in ADAPTERS]
    alone = [answer(backend, request) for request in requests]
    assert len(set(alone)) == len(requests)
    assert together(backend, requests) == alone


def test_an_adapter_loads_with_the_weights_before_the_first_visitor(adapted):
    backend = TransformersBackend(adapted)
    backend.warm_up({"weights": "tiny", "adapter": "left"})
    model = backend._loaded[adapted / "tiny"].result()
    assert model._scheduler._batch._adapters._loaded == {adapted / "left"}


def broken(adapted, tmp_path, change):
    """The models with an adapter "bad" that was changed."""
    shutil.copytree(adapted, tmp_path / "models")
    shutil.copytree(adapted / "left", tmp_path / "models" / "bad")
    change(tmp_path / "models" / "bad")
    return TransformersBackend(tmp_path / "models")


def rewrite(**changes):
    def change(folder):
        file = folder / "adapter_config.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return change


def pickled(folder):
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")


def with_weights(layer, *size):
    """An adapter that brings weights of the base along, as peft writes them for a vocabulary that has grown."""

    def change(folder):
        file = folder / "adapter_model.safetensors"
        save_file(load_file(file) | {f"base_model.model.model.{layer}.weight": torch.full(size, 9.0)}, file)

    return change


def cut_off(folder):
    file = folder / "adapter_model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (pickled, "is a pickle, which is never read"),
        (lambda folder: shutil.rmtree(folder), "run `python manage.py prepare_models bad`"),
        (rewrite(peft_type="IA3"), "only LORA is read"),
        (rewrite(use_dora=True), r"cannot share its base with others \(use_dora = True\): merge it"),
        (rewrite(init_lora_weights="pissa"), r"init_lora_weights = 'pissa'\): merge it"),
        (rewrite(layer_replication=[[0, 2], [0, 2]]), "cannot share its base"),
        (rewrite(of_next_year="yes"), "cannot share its base"),
        (rewrite(r=8), "does not fit its base .*: name the weights that it was trained on"),
        (rewrite(target_modules=["q_proj"]), "other layers than the base's"),
        (rewrite(target_modules=["query_key_value"]), "does not fit its base"),
        (rewrite(target_modules=["embed_tokens"]), "no linear layer"),
        (rewrite(lora_alpha="much"), "fetch or write it anew"),
        (rewrite(base_model_name_or_path="/home/someone/base", target_modules="(("), "fetch or write it anew"),
        (with_weights("norm", 64), "other layers than the base's"),
        (with_weights("layers.0.self_attn.q_proj.base_layer", 64, 64), "other layers than the base's"),
        (cut_off, "fetch or write it anew"),
    ],
)
def test_what_is_no_adapter_of_this_base_is_refused_and_the_base_goes_on(adapted, tmp_path, change, sentence):
    backend = broken(adapted, tmp_path, change)
    before = [answer(backend, asked("hello", adapter)) for adapter in ("", "left")]
    with pytest.raises(Unavailable, match=sentence):
        answer(backend, asked("hello", "bad"))
    assert [answer(backend, asked("hello", adapter)) for adapter in ("", "left")] == before
    shutil.rmtree(backend._models / "bad", ignore_errors=True)
    shutil.copytree(adapted / "right", backend._models / "bad")
    assert answer(backend, asked("hello", "bad")) == answer(backend, asked("hello", "right"))


@pytest.mark.parametrize("change", [rewrite(r=8), rewrite(init_lora_weights="olora"), with_weights("norm", 64)])
def test_a_bad_adapter_that_comes_first_leaves_the_base_as_it_was(adapted, tmp_path, change):
    backend = broken(adapted, tmp_path, change)
    with pytest.raises(Unavailable):
        answer(backend, asked("hello", "bad"))
    for adapter in ADAPTERS:
        assert answer(backend, asked("hello", adapter)) == generated(adapted, "hello", adapter)


def test_where_the_adapter_was_trained_is_nobodys_business(adapted, tmp_path):
    backend = broken(adapted, tmp_path, rewrite(base_model_name_or_path="/home/someone/secret"))
    assert answer(backend, asked("hello", "bad")) == generated(adapted, "hello", "left")


def test_an_answer_says_how_it_ended_with_an_adapter_too(backend):
    _, completion = pieces_of(backend.stream(asked("hello", "left", max_new_tokens=5)))
    assert (completion.reason, completion.tokens) == ("length", 5)
