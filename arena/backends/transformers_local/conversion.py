"""The conversion of a GGUF file to a folder of safetensors (bfloat16) that loads in a second.

It takes half a minute.
"""

import hashlib
import sys
from collections.abc import Generator
from contextlib import contextmanager, redirect_stderr
from io import StringIO
from pathlib import Path
from threading import Event, Thread

import torch
from gguf import GGUFReader
from tokenizers import pre_tokenizers
from tqdm import tqdm
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig, PreTrainedModel

from arena.backends.base import Unavailable
from arena.backends.transformers_local.weights import Weights

_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)

#: transformers 5.23 splits every byte-level vocabulary in GPT-2's way; GGUF names the way that the model learned.
SPLITTERS = {
    "gpt-2": _BYTES,
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), _BYTES]),
}


def convert(weights: Weights, source: Path, target: Path) -> None:
    """Fill `target` with the model and its tokenizer.

    Raises Unavailable for a file that is not the described one, and for one that transformers cannot read.
    """
    with _progress(weights.id, stages=5) as stage:
        stage("checking the file")
        if weights.sha256:  # of one that an operator named by its path, or the hub's, nobody said it
            _refuse_another_file(source, weights.sha256)
        with _named(source):
            stage("reading the header")
            splitter = _splitter(source)
            stage("converting the tokenizer")
            _convert_tokenizer(source, target, splitter)
            stage("unpacking the weights")
            model = _unpack(source)
        stage("writing the weights")
        with _quiet():
            model.save_pretrained(target)


@contextmanager
def _named(source: Path) -> Generator[None, None, None]:
    """Raise Unavailable for whatever the libraries raise where the file is damaged or its architecture not known."""
    try:
        yield
    except Exception as error:  # tokenizers raises Exception itself
        if isinstance(error, Unavailable) or getattr(error, "errno", None):  # said already; or it is the disk's fault
            raise
        raise Unavailable(
            f"{source.name} cannot be converted ({error}): fetch it anew if it is not whole; otherwise serve it with "
            'llama.cpp and enter it with backend = "openai", or take the same model as a folder of safetensors'
        ) from error


def _refuse_another_file(source: Path, sha256: str) -> None:
    with source.open("rb") as opened:
        actual = hashlib.file_digest(opened, "sha256").hexdigest()
    if actual != sha256:
        raise Unavailable(f"{source.name} is not the file that the catalog describes: its sha256 is {actual}")


def _splitter(source: Path) -> pre_tokenizers.PreTokenizer | None:
    fields = GGUFReader(source).fields
    if fields["tokenizer.ggml.model"].contents() != "gpt2":
        return None
    name = fields["tokenizer.ggml.pre"].contents()
    if name not in SPLITTERS:
        raise Unavailable(f"{source.name} splits text in a way not known here: {name!r}")
    return SPLITTERS[name]


def _convert_tokenizer(source: Path, target: Path, splitter: pre_tokenizers.PreTokenizer | None) -> None:
    tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
    if splitter is not None:
        tokenizer.backend_tokenizer.pre_tokenizer = splitter
    tokenizer.save_pretrained(target)


def _unpack(source: Path) -> PreTrainedModel:
    with _quiet():
        return AutoModelForCausalLM.from_pretrained(
            source.parent,
            gguf_file=source.name,
            # Without it the model keeps the GGUF quantiser and cannot be saved.
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.bfloat16,
        )


@contextmanager
def _quiet() -> Generator[None, None, None]:
    """Hide the bars of transformers, one of which cannot be turned off: they would write across ours."""
    with redirect_stderr(StringIO()):
        yield


class _Stages:
    """The stages of a conversion. It is called with the name of each as it begins."""

    def __init__(self, name: str, bar: "tqdm[None]") -> None:
        self._name, self._bar, self._begun = name, bar, False

    def __call__(self, what: str) -> None:
        if self._bar.disable:
            print(f"{self._name}: {what}", file=sys.stderr, flush=True)
        if self._begun:
            self._bar.update()
        self._begun = True
        self._bar.set_description(f"{self._name}: {what}")


@contextmanager
def _progress(name: str, *, stages: int) -> Generator[_Stages, None, None]:
    """Show a bar on a terminal, whose clock also runs while a stage lasts.

    Elsewhere, such as in a log, each stage is a line.
    """
    ended = Event()
    with tqdm(total=stages, bar_format="{desc} {bar:20} {n_fmt}/{total_fmt} [{elapsed}]", disable=None) as bar:
        clock = Thread(target=_tick, args=(bar, ended), daemon=True)
        clock.start()
        try:
            yield _Stages(name, bar)
            bar.update()
        finally:
            ended.set()
            clock.join()


def _tick(bar: "tqdm[None]", ended: Event) -> None:
    while not ended.wait(0.5):
        bar.refresh()
