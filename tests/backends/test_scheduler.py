"""Several answers of one model at once: each is what the model would have written alone."""

import threading
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from arena.backends.base import Decoding, Message, Request
from tests.backends.asking import answer

WEIGHTS = "smollm2-135m-instruct"
PROMPTS = ["Hi", "안녕하세요, 자기소개 해 주세요 🙂", "Write about a fox. " * 12, "2+2?"]


def ask(prompt):
    decoding = Decoding(temperature=0.0, max_new_tokens=8)
    options = {"weights": WEIGHTS}
    return Request((Message("user", prompt),), decoding, seed=1, prompt_template="tokenizer", options=options)


@pytest.fixture(scope="module")
def alone(smollm2):
    """What transformers' own generate() writes to each prompt, greedily."""
    folder = smollm2._models / WEIGHTS
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    answers = []
    for prompt in PROMPTS:
        ids = smollm2._format(folder).token_ids(ask(prompt))
        written = model.generate(torch.tensor([ids]), max_new_tokens=8, do_sample=False, pad_token_id=0)[0, len(ids) :]
        answers.append(smollm2._format(folder).tokenizer.decode(written.tolist()).rstrip("\ufffd"))
    return answers


def test_answers_written_together_are_those_that_generate_writes_one_by_one(smollm2, alone):
    together = {}

    def write(prompt):
        together[prompt] = answer(smollm2, ask(prompt))

    threads = [threading.Thread(target=write, args=(prompt,)) for prompt in PROMPTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[prompt] for prompt in PROMPTS] == alone
