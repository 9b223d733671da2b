"""Weights from a folder, from a hub, and adapters: what is taken, and what is said where they cannot be had."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from gguf import GGUFWriter

from arena.backends import hub as hub_module
from arena.backends.base import Unavailable
from arena.backends.transformers_local import TransformersBackend
from arena.backends.transformers_local.folders import is_usable, refuse_unusable
from arena.backends.transformers_local.memory import weights_bytes
from arena.backends.transformers_local.weights import Weights, prepare
from tests.backends.hub_server import hub

WIDTH, WORDS = 32, [*map(chr, range(0x21, 0x7F)), "ab", "<end>"]
MATRICES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


def described(**source):
    return Weights("some", "https://example.org", "MIT", **source)


@pytest.fixture
def arena_models(tmp_path):
    return tmp_path / "arena" / "models"


def test_a_folder_is_used_where_it_lies(models, arena_models):
    weights = described(path=str(models / "tiny"))
    assert prepare(weights, arena_models) is True
    assert prepare(weights, arena_models) is False
    assert (arena_models / "some").resolve() == (models / "tiny").resolve()


def test_another_folder_takes_the_place_of_the_first(models, arena_models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "other")
    prepare(described(path=str(models / "tiny")), arena_models)
    assert prepare(described(path=str(tmp_path / "other")), arena_models) is True
    assert (arena_models / "some").resolve() == (tmp_path / "other").resolve()
    assert is_usable(models / "tiny")


def test_what_an_operator_put_there_is_not_replaced_by_a_link(models, arena_models):
    shutil.copytree(models / "tiny", arena_models / "some")
    with pytest.raises(Unavailable, match="is in the way"):
        prepare(described(path=str(models / "tiny")), arena_models)
    assert is_usable(arena_models / "some")


def emptied(*names):
    return lambda folder: [(folder / name).unlink() for name in names]


def with_code(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "zebra", "auto_map": {"AutoModel": "x.Y"}}))


def as_adapter(folder):
    (folder / "config.json").rename(folder / "adapter_config.json")


def pickled(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def gguf_only(folder):
    for file in folder.iterdir():
        file.unlink()
    (folder / "model.Q4.gguf").touch()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (shutil.rmtree, "there is no folder .*wrong: correct the path of 'some'"),
        (emptied("config.json"), "it is no folder that transformers' save_pretrained wrote"),
        (as_adapter, r"is a LoRA adapter: describe it as \[adapter.<id>\]"),
        (gguf_only, r"give the file itself as the path.*model\.Q4\.gguf"),
        (pickled, r"pickle \(pytorch_model\.bin\), which is never read.*save_pretrained"),
        (emptied("model.safetensors"), "the download is not complete"),
        (emptied("tokenizer.json"), r"has no tokenizer\.json"),
        (with_code, r"the model type 'zebra'.*trust_remote_code.*never run here"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why_and_what_to_do(models, arena_models, tmp_path, change, sentence):
    shutil.copytree(models / "tiny", tmp_path / "wrong")
    change(tmp_path / "wrong")
    with pytest.raises(Unavailable, match=sentence):
        prepare(described(path=str(tmp_path / "wrong")), arena_models)
    assert not (arena_models / "some").exists()


def write_tiny_gguf(file, *, architecture="llama"):
    """A Llama of one layer: as real as a large one to what reads it."""
    writer = GGUFWriter(file, architecture)
    writer.add_context_length(64)
    writer.add_block_count(1)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(WORDS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(WORDS)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(len(WORDS) - 1)
    for name, shape in _tensors().items():
        writer.add_tensor(name, numpy.full(shape, 0.01, dtype=numpy.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tensors():
    tensors: dict[str, tuple[int, ...]] = {f"blk.0.{name}.weight": (WIDTH, WIDTH) for name in MATRICES}
    tensors |= {f"blk.0.{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")}
    return tensors | {"output_norm.weight": (WIDTH,), "token_embd.weight": (len(WORDS), WIDTH)}


def test_a_model_of_a_type_that_nobody_knows_is_refused_by_its_name(models, tmp_path):
    shutil.copytree(models / "tiny", tmp_path / "tiny")
    config = json.loads((tmp_path / "tiny" / "config.json").read_text())
    (tmp_path / "tiny" / "config.json").write_text(json.dumps(config | {"model_type": "zebra"}))
    with pytest.raises(Unavailable, match=r"models of the type 'zebra' are not known.*enter it with backend"):
        TransformersBackend(tmp_path).warm_up({"weights": "tiny"})


def test_a_gguf_file_is_converted_where_nobody_said_its_sha256(arena_models, tmp_path):
    write_tiny_gguf(tmp_path / "some.gguf")
    weights = described(path=str(tmp_path / "some.gguf"))
    assert prepare(weights, arena_models) is True
    assert prepare(weights, arena_models) is False
    refuse_unusable(arena_models / "some")
    assert weights_bytes(arena_models / "some") > 0
    with pytest.raises(Unavailable, match="there is no file"):
        prepare(replace(weights, path=str(tmp_path / "none.gguf")), arena_models)


def cut(file):
    write_tiny_gguf(file)
    file.write_bytes(file.read_bytes()[:-5000])


@pytest.mark.parametrize(
    ("write", "sentence"),
    [
        (lambda file: file.write_bytes(b"GGUFGGUF"), r"some\.gguf cannot be converted .*fetch it anew"),
        (cut, "fetch it anew if it is not whole"),
        (lambda file: write_tiny_gguf(file, architecture="zebra"), "zebra.*llama.cpp and enter it with backend"),
    ],
    ids=["no GGUF", "cut short", "an architecture not known"],
)
def test_a_gguf_file_that_cannot_be_converted_says_what_to_do(arena_models, tmp_path, write, sentence):
    write(tmp_path / "some.gguf")
    with pytest.raises(Unavailable, match=sentence):
        prepare(described(path=str(tmp_path / "some.gguf")), arena_models)
    assert [file.name for file in arena_models.iterdir()] == [".some.lock"]


@pytest.fixture
def served(models, tmp_path, monkeypatch):
    """A hub that has owner/tiny, with a pickle and code that nobody wants."""
    repository = tmp_path / "hub" / "owner" / "tiny"
    shutil.copytree(models / "tiny", repository)
    (repository / "pytorch_model.bin").write_bytes(b"pickle")
    (repository / "modeling_tiny.py").write_text("raise SystemExit")
    (repository / "consolidated.safetensors").write_bytes(b"the same again")
    (repository / "checkpoint-1").mkdir()
    (repository / "checkpoint-1" / "model.safetensors").write_bytes(b"older")
    write_tiny_gguf(repository / "tiny.gguf")
    monkeypatch.setattr(hub_module, "_OFFLINE", "")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    with hub(tmp_path / "hub") as (address, asked):
        monkeypatch.setenv("HF_ENDPOINT", address)
        yield asked


def test_a_repository_is_fetched_without_pickles_and_without_code(served, arena_models):
    weights = described(hub="owner/tiny")
    assert prepare(weights, arena_models) is True
    assert prepare(weights, arena_models) is False
    fetched = {path.name for path in (arena_models / "some").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"} <= fetched
    assert not any(name.endswith((".bin", ".py")) for name in fetched)
    assert not any(path.endswith((".bin", ".py")) for path in served)
    assert not any(word in path for path in served for word in ("consolidated", "checkpoint-1"))


def test_a_gguf_file_of_a_repository_is_converted_and_not_kept(served, arena_models):
    assert prepare(described(hub="owner/tiny", file="tiny.gguf"), arena_models) is True
    refuse_unusable(arena_models / "some")
    assert sorted(file.name for file in arena_models.iterdir()) == [".some.lock", "some"]
    assert not any("resolve" in path and not path.endswith("tiny.gguf") for path in served)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({"hub": "gated/tiny"}, r"accept its licence on https://huggingface\.co/gated/tiny, and set HF_TOKEN"),
        ({"hub": "gated/tiny", "gated": "Ask Meta at https://example.org."}, r"gated/tiny: Ask Meta at"),
        ({"hub": "owner/none"}, "there is no such repository, or this account may not see it"),
        ({"hub": "owner/tiny", "file": "none.gguf"}, "it has no such file"),
    ],
)
def test_a_repository_that_cannot_be_fetched_says_what_to_do(served, arena_models, source, sentence):
    with pytest.raises(Unavailable, match=sentence):
        prepare(described(**source), arena_models)
    assert [file.name for file in arena_models.iterdir()] == [".some.lock"]


@pytest.mark.parametrize("offline", ["", "1"], ids=["no network", "told to stay offline"])
def test_without_the_hub_the_folder_may_be_put_there_by_hand(arena_models, tmp_path, monkeypatch, offline):
    monkeypatch.setattr(hub_module, "_OFFLINE", offline)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=rf"put its folder to {arena_models / 'some'} by hand"):
        prepare(described(hub="owner/tiny"), arena_models)


def test_an_adapter_is_prepared_in_the_same_way(arena_models, tmp_path):
    adapter = described(path=str(tmp_path / "lora"), base="tiny")
    (tmp_path / "lora").mkdir()
    (tmp_path / "lora" / "adapter_model.bin").touch()
    with pytest.raises(Unavailable, match="is a pickle, which is never read"):
        prepare(adapter, arena_models)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / "lora" / name).touch()
    assert prepare(adapter, arena_models) is True
    assert Path(arena_models / "some" / "adapter_config.json").is_file()
