"""The way from a folder to a model in memory. Weights that are not whole, or not of this model, are refused by name.

transformers fills what it does not find with random numbers and only warns: the model would babble, and be rated.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, PreTrainedModel
from transformers import __version__ as version
from transformers.quantizers.auto import AutoHfQuantizer

from arena.backends.base import Unavailable

#: The kinds of layers that can be padded to a common length. Others, such as Mamba's state, cannot.
ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}
#: Masks that models of before 2023 saved beside their weights, and that every later one computes by itself.
OLD_MASKS = re.compile(r"\.(attn|attention)\.(bias|masked_bias|causal_mask)$")
#: So many tensors are named where some are wrong.
NAMED = 3

_ELSEWHERE = 'serve it with a server that knows it and enter it with backend = "openai"'


def read_model(folder: Path) -> PreTrainedModel:
    """Return the model in this folder, all of its weights read. Raises Unavailable, whatever is wrong with it."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        _refuse_unknown_type(folder, config)
        _refuse_unknown_quantisation(folder, config)
        model, report = _read(folder)
        _refuse_other_weights(folder, report)
        _refuse_other_memory(model)
    except Unavailable:
        raise
    except Exception as error:
        raise Unavailable(f"the weights in {folder} cannot be loaded: {in_words(error)}") from error
    return model


def in_words(error: Exception) -> str:
    """Return on one line what a library raised, with its kind where the text alone may be a bare name."""
    text = " ".join(str(error).split())
    return (
        text if isinstance(error, OSError | ValueError | RuntimeError) and text else f"{type(error).__name__}: {text}"
    )


def _read(folder: Path) -> tuple[PreTrainedModel, dict[str, Any]]:
    read: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        # float32: without AVX-512 a processor reads prompts in bfloat16 four times as slowly.
        dtype=torch.float32,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
        output_loading_info=True,
        ignore_mismatched_sizes=True,  # they are refused below, by name
    )
    model, report = read
    return model, report


def _refuse_unknown_type(folder: Path, config: dict[str, Any]) -> None:
    kind = config.get("model_type")
    if kind not in CONFIG_MAPPING:
        raise Unavailable(
            f"models of the type {kind!r} are not known to transformers {version}: serve {folder.name} with a server "
            'that knows them and enter it with backend = "openai"'
        )


def _refuse_unknown_quantisation(folder: Path, config: dict[str, Any]) -> None:
    """transformers would take the packed numbers for weights."""
    described = (config.get("text_config") or config).get("quantization_config") or config.get("quantization_config")
    if described and not AutoHfQuantizer.supports_quant_method(described):  # type: ignore[no-untyped-call]
        method = described.get("quant_method")
        raise Unavailable(
            f"the weights in {folder} are quantised in a way that transformers {version} does not know ({method!r}): "
            f"{_ELSEWHERE}"
        )


def _refuse_other_weights(folder: Path, report: dict[str, Any]) -> None:
    """Refuse tensors that are missing, of another size or unknown. Tied ones are not among them, nor what the model's
    own class expects to be so."""
    wrong = {
        "missing": report["missing_keys"],
        "of another size": [name for name, *_ in report["mismatched_keys"]],
        "unknown": [name for name in report["unexpected_keys"] if not OLD_MASKS.search(name)],
    }
    if found := "; ".join(f"{what}: {_some(names)}" for what, names in wrong.items() if names):
        raise Unavailable(
            f"the weights in {folder} are not those of the model that its config.json describes ({found}): fetch or "
            f"convert them anew, or {_ELSEWHERE}"
        )


def _some(names: Iterable[str]) -> str:
    first, *others = sorted(names)
    shown = ", ".join([first, *others[: NAMED - 1]])
    return f"{shown} and {len(others) + 1 - NAMED} more" if len(others) >= NAMED else shown


def _refuse_other_memory(model: PreTrainedModel) -> None:
    kinds = set(getattr(model.config.get_text_config(), "layer_types", None) or ()) - ATTENTION
    if kinds:
        kind = model.config.model_type
        raise Unavailable(f"models of the type {kind} do not run here ({', '.join(sorted(kinds))}): {_ELSEWHERE}")
