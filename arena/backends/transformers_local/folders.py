"""The folders of weights and adapters: whether they can be used, and what to do where they cannot."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arena.backends.base import Unavailable

WEIGHTS_FILES = ("config.json", "tokenizer.json", "*.safetensors")
ADAPTER_FILES = ("adapter_config.json", "adapter_model.safetensors")
#: Files of pickles, which run whatever their maker put into them.
PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
ID = re.compile(r"[a-z0-9][a-z0-9._-]*")

_AS_SAFETENSORS = "load it once with transformers, on a machine that may run it, and write it with save_pretrained"


def folder_of(options: Mapping[str, Any], models: Path) -> Path:
    """Return the folder of the weights that an entry's options name. Raises Unavailable."""
    return models / _id(options.get("weights"), "weights")


def adapter_of(options: Mapping[str, Any], models: Path) -> Path | None:
    """Return the folder of the adapter that an entry's options name; None where they name none. Raises Unavailable."""
    if not options.get("adapter"):
        return None
    folder = models / _id(options["adapter"], "adapter")
    refuse_unusable_adapter(folder)
    return folder


def is_usable(folder: Path) -> bool:
    """Return whether the folder holds all that an answer needs, prepared by us or put there by the operator."""
    return _has_all(folder, WEIGHTS_FILES)


def is_usable_adapter(folder: Path) -> bool:
    return _has_all(folder, ADAPTER_FILES)


def refuse_unusable(folder: Path) -> None:
    """Raise Unavailable, which says what to do, where the folder holds no weights that can be read."""
    if not folder.is_dir():
        raise Unavailable(f"no weights in {folder}: run `python manage.py prepare_models {folder.name}`")
    if not (folder / "config.json").is_file():
        raise Unavailable(_what_else(folder))
    if not any(folder.glob("*.safetensors")):
        raise Unavailable(_without_safetensors(folder))
    if not (folder / "tokenizer.json").is_file():
        raise Unavailable(f"{folder} has no tokenizer.json: {_AS_SAFETENSORS}; its fast tokenizer comes with it")
    refuse_code_of_its_own(folder)


def refuse_unusable_adapter(folder: Path) -> None:
    """Raise Unavailable, which says what to do, where the folder holds no adapter that can be read."""
    if is_usable_adapter(folder):
        return
    if (folder / "adapter_model.bin").is_file():
        raise Unavailable(
            f"the adapter in {folder} is a pickle, which is never read: load it with peft where you trust it, and "
            "write it with save_pretrained, which makes adapter_model.safetensors"
        )
    if not folder.is_dir():
        raise Unavailable(f"no adapter in {folder}: run `python manage.py prepare_models {folder.name}`")
    raise Unavailable(f"{folder} is no LoRA adapter: it needs {' and '.join(ADAPTER_FILES)}")


def refuse_code_of_its_own(folder: Path) -> None:
    """Raise Unavailable for a model that comes with Python code: trust_remote_code stays off."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        has_code = bool(config.get("auto_map"))
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise Unavailable(f"{folder / 'config.json'} cannot be read: {error}") from error
    if has_code:
        raise Unavailable(
            f"the model type {config.get('model_type')!r} in {folder} needs code of its own (trust_remote_code), which "
            'is never run here: serve it with vLLM or another server and enter it with backend = "openai"'
        )


def _id(value: object, kind: str) -> str:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise Unavailable(f"options name no usable {kind}: {value!r}")
    return value


def _has_all(folder: Path, patterns: tuple[str, ...]) -> bool:
    return all(any(folder.glob(pattern)) for pattern in patterns)


def _what_else(folder: Path) -> str:
    if (folder / ADAPTER_FILES[0]).is_file():
        return f"{folder} is a LoRA adapter: describe it as [adapter.<id>] and name its base as the entry's weights"
    if ggufs := sorted(path.name for path in folder.glob("*.gguf")):
        return f"{folder} holds a GGUF file: give the file itself as the path, {folder / ggufs[0]}"
    return f"{folder} has no config.json: it is no folder that transformers' save_pretrained wrote"


def _without_safetensors(folder: Path) -> str:
    if pickles := sorted(path.name for pattern in PICKLES for path in folder.glob(pattern)):
        return f"{folder} holds its weights as a pickle ({pickles[0]}), which is never read: {_AS_SAFETENSORS}"
    return f"{folder} has no *.safetensors: the download is not complete, or it is another model's"
