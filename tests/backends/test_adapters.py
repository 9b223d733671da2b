"""LoRA adapters on one tiny base: each answer is the adapter's own, whoever else writes in the same batch."""

import json
import shutil
import threading
import warnings
from dataclasses import replace

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM

from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.prompt import PromptFormat
from tests.backends.asking import answer, ask, pieces_of

ADAPTERS = ("", "left", "right")
PROMPTS = ("hello", "안녕 🙂", "the cat sat on the mat and " * 5)


def base(models, base_id="tiny"):
    return AutoModelForCausalLM.from_pretrained(models / base_id, dtype=torch.float32)


def write_adapter(models, name, *, seed, base_id="tiny"):
    """An adapter whose every matrix is filled: as peft makes it, the second one is zero and it changes nothing."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        config = LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
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


def test_a_seed_draws_the_same_whoever_else_writes(backend):
    requests = [asked("hello", adapter, temperature=1.0) for adapter in ADAPTERS]
    alone = [answer(backend, request) for request in requests]
    assert together(backend, requests) == alone


def test_an_adapter_loads_with_the_weights_before_the_first_visitor(adapted):
    backend = TransformersBackend(adapted)
    backend.warm_up({"weights": "tiny", "adapter": "left"})
    model = backend._loaded[adapted / "tiny"].result()
    assert set(model._scheduler._batch._adapters._names) == {adapted / "left"}


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


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (pickled, "is a pickle, which is never read"),
        (lambda folder: shutil.rmtree(folder), "run `python manage.py prepare_models bad`"),
        (rewrite(peft_type="IA3"), "only LORA is read"),
        (rewrite(use_dora=True), "use_dora, which cannot share a batch"),
        (rewrite(r=8), "does not fit its base"),
        (rewrite(target_modules=["q_proj"]), "other layers than the base's"),
        (rewrite(target_modules=["query_key_value"]), "does not fit its base"),
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


def test_a_bad_adapter_that_comes_first_leaves_the_base_as_it_was(adapted, tmp_path):
    backend = broken(adapted, tmp_path, rewrite(r=8))
    with pytest.raises(Unavailable):
        answer(backend, asked("hello", "bad"))
    for adapter in ADAPTERS:
        assert answer(backend, asked("hello", adapter)) == generated(adapted, "hello", adapter)


def test_an_answer_says_how_it_ended_with_an_adapter_too(backend):
    _, completion = pieces_of(backend.stream(asked("hello", "left", max_new_tokens=5)))
    assert (completion.reason, completion.tokens) == ("length", 5)
