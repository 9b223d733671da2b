"""LoRA adapters on one base model: its weights are in memory once, each adapter is some megabytes more.

peft says what an adapter's settings mean; the base itself is never touched. peft would mix adapters in a batch too, but
it hooks into every layer anew at every step, which takes a fifth of a lone answer's time even without an adapter, and
some kinds of adapter change the base's weights while they load.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from peft.tuners.tuners_utils import check_target_module_exists
from peft.utils.other import get_pattern_key
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from arena.backends.base import Unavailable

#: Settings that say which layers an adapter changes, and how much.
READ = {
    "r", "lora_alpha", "use_rslora", "rank_pattern", "alpha_pattern", "target_modules", "exclude_modules",
    "layers_to_transform", "layers_pattern",
}  # fmt: skip
#: Settings that change nothing once it is trained. The effect of any other setting would be lost.
TRAINED = {
    "auto_mapping", "base_model_name_or_path", "bias", "ensure_weight_tying", "eva_config", "fan_in_fan_out",
    "inference_mode", "init_lora_weights", "loftq_config", "lora_dropout", "megatron_core", "peft_type",
    "peft_version", "qalora_group_size", "revision", "task_type",
}  # fmt: skip
#: Initialisations that leave the base as it is. Others, such as PiSSA's, take a part out of it.
BEGINNINGS = (None, True, False, "gaussian", "eva", "orthogonal")

_MERGE = "merge it into its base with peft's merge_and_unload and enter the whole as weights of its own"


class Adapters:
    """The adapters of one model, each loaded when it is first asked for. Only the scheduler's thread comes here."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._loaded: set[Path] = set()
        self._layers: dict[str, _Layer] = {}
        self._groups: list[_Group] = []

    def load(self, folder: Path) -> None:
        """Load the adapter in this folder unless it is there. Raises Unavailable, and then nothing of it stays."""
        if folder in self._loaded:
            return
        for name, update in _updates(folder, self._model).items():
            if name not in self._layers:
                self._layers[name] = _Layer(self._model.get_submodule(name), self._groups)
            self._layers[name].updates[folder] = update
        self._loaded.add(folder)

    def forward(self, adapters: Sequence[Path | None], **arguments: Any) -> Any:
        """Return what the model gives, each row with its adapter, which is loaded; None: the base alone."""
        self._groups[:] = _groups(adapters)
        return self._model(**arguments)


@dataclass(frozen=True)
class _Group:
    """Rows of a batch that have one adapter. rows: their indices, None for all."""

    adapter: Path
    rows: Tensor | None


@dataclass(frozen=True)
class _Update:
    """The sum that an adapter adds to a layer's output: given @ down @ up.

    down: (inputs, rank); up: (rank, outputs).
    """

    down: Tensor
    up: Tensor

    def added_to(self, output: Tensor, given: Tensor) -> Tensor:
        return torch.addmm(output.flatten(0, -2), given.flatten(0, -2) @ self.down, self.up).view_as(output)


class _Layer:
    """A layer of the base whose output some adapters change. groups: those of the present step."""

    def __init__(self, layer: nn.Module, groups: list[_Group]) -> None:
        self.updates: dict[Path, _Update] = {}
        self._groups = groups
        layer.register_forward_hook(self._add)

    def _add(self, _layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        for group in self._groups:
            if (update := self.updates.get(group.adapter)) is None:
                continue
            if (rows := group.rows) is None:
                output = update.added_to(output, inputs[0])
            else:
                output = output.index_copy(0, rows, update.added_to(output[rows], inputs[0][rows]))
        return output


def _groups(adapters: Sequence[Path | None]) -> list[_Group]:
    present = [adapter for adapter in dict.fromkeys(adapters) if adapter]
    if len(present) == 1 and None not in adapters:
        return [_Group(present[0], None)]
    rows = ([row for row, other in enumerate(adapters) if other == adapter] for adapter in present)
    return [_Group(adapter, torch.tensor(indices)) for adapter, indices in zip(present, rows, strict=True)]


def _updates(folder: Path, base: PreTrainedModel) -> dict[str, _Update]:
    """Return the adapter's updates by the names of the base's layers. Raises Unavailable, which says what to do.

    All of the adapter is compared with the base: the files may hold anything.
    """
    try:
        config, halves = _config(folder), _halves(folder, base)
        layers = _changed_layers(folder, config, base)
        keys = {name: [f"base_model.model.{name}.lora_{half}.weight" for half in "AB"] for name in layers}
        if foreign := sorted({key for pair in keys.values() for key in pair} ^ set(halves)):
            raise _misfit(folder, f"other layers than the base's: {foreign[:3]}")
        return {
            name: _update(folder, name, layer, config, *(halves[key] for key in keys[name]))
            for name, layer in layers.items()
        }
    except Unavailable:
        raise
    except Exception as error:
        raise Unavailable(f"the adapter in {folder} cannot be read ({error}): fetch or write it anew") from error


def _config(folder: Path) -> LoraConfig:
    values = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if values.get("peft_type") != "LORA":
        raise Unavailable(f"the adapter in {folder} is {values.get('peft_type')!r}, and only LORA is read: {_MERGE}")
    strange = {key for key, value in values.items() if value and key not in READ | TRAINED}
    if values.get("init_lora_weights") not in BEGINNINGS:
        strange.add("init_lora_weights")
    if strange:
        what = ", ".join(f"{key} = {values[key]!r}" for key in sorted(strange))
        raise Unavailable(f"the adapter in {folder} cannot share its base with others ({what}): {_MERGE}")
    return LoraConfig(**{key: value for key, value in values.items() if key in READ and value is not None})


def _halves(folder: Path, base: PreTrainedModel) -> dict[str, Tensor]:
    tensors, own = load_file(folder / "adapter_model.safetensors"), base.state_dict()
    for key in list(tensors):
        copied = own.get(key.removeprefix("base_model.model.").replace(".base_layer.", "."))
        # peft lays a copy of the base's head and embedding beside an adapter on them.
        if copied is not None and torch.equal(tensors[key].to(copied.dtype), copied):
            del tensors[key]
    return tensors


def _changed_layers(folder: Path, config: LoraConfig, base: PreTrainedModel) -> dict[str, nn.Linear | Conv1D]:
    layers: dict[str, nn.Linear | Conv1D] = {}
    for name, layer in base.named_modules():
        if not check_target_module_exists(config, name):
            continue
        if not isinstance(layer, nn.Linear | Conv1D):
            raise Unavailable(f"the adapter in {folder} changes {name}, which is no linear layer: {_MERGE}")
        layers[name] = layer
    if not layers:
        raise _misfit(folder, f"the base has no layers {config.target_modules}")
    return layers


def _update(
    folder: Path, name: str, layer: nn.Linear | Conv1D, config: LoraConfig, down: Tensor, up: Tensor
) -> _Update:
    rank = _own_value(config.rank_pattern, name, config.r)
    alpha = _own_value(config.alpha_pattern, name, config.lora_alpha)
    outputs, inputs = layer.weight.shape if isinstance(layer, nn.Linear) else reversed(layer.weight.shape)
    needed, actual = ((rank, inputs), (outputs, rank)), (tuple(down.shape), tuple(up.shape))
    if needed != actual:
        raise _misfit(folder, f"{name} needs the sizes {needed} and finds {actual}")
    scale = alpha / (sqrt(rank) if config.use_rslora else rank)
    kind = layer.weight.dtype
    return _Update(down.to(kind).t().contiguous(), (up.to(kind) * scale).t().contiguous())


def _own_value(patterns: dict[str, int] | None, layer: str, usual: int) -> int:
    patterns = patterns or {}
    return patterns.get(get_pattern_key(list(patterns), layer), usual)


def _misfit(folder: Path, why: str) -> Unavailable:
    advice = "name the weights that it was trained on as its base"
    return Unavailable(f"the adapter in {folder} does not fit its base ({why}): {advice}")
