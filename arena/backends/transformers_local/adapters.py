"""LoRA adapters on one base model: its weights are in memory once, each adapter is some megabytes more."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from peft import LoraConfig, PeftModel, set_peft_model_state_dict
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers import PreTrainedModel

from arena.backends.base import Unavailable

#: peft's name for rows that no adapter touches.
BASE = "__base__"
#: What peft cannot mix in one batch.
UNMIXABLE = ("modules_to_save", "use_dora", "lora_bias", "trainable_token_indices", "alora_invocation_tokens")


class Adapters:
    """The adapters of one model, each loaded when it is first asked for. Only the scheduler's thread comes here."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._peft: PeftModel | None = None
        self._names: dict[Path, str] = {}

    def load(self, folder: Path) -> None:
        """Have the adapter in this folder in memory. Raises Unavailable, and then nothing of it stays."""
        if folder in self._names:
            return
        # Numbered: a module's name may hold no dot, an id may.
        name = f"adapter_{len(self._names)}"
        try:
            self._add(name, folder)
        except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
            self._forget(name)
            raise Unavailable(f"the adapter in {folder} does not fit its base: {error}") from error
        self._names[folder] = name

    def forward(self, adapters: Sequence[Path | None], **arguments: Any) -> Any:
        """What the model gives, row by row with the adapter of the row; None: the base alone."""
        if self._peft is None:
            return self._model(**arguments)
        names = [BASE if folder is None else self._names[folder] for folder in adapters]
        return self._peft(**arguments, adapter_names=names)

    def _add(self, name: str, folder: Path) -> None:
        config = _config(folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # peft's own use of what transformers deprecates
            if self._peft is None:
                self._peft = PeftModel(self._model, config, adapter_name=name)
            else:
                self._peft.add_adapter(name, config)
            found: Any = set_peft_model_state_dict(self._peft, load_file(folder / "adapter_model.safetensors"), name)
        missing = [key for key in found.missing_keys if name in key]
        if missing or found.unexpected_keys:
            raise ValueError(f"other layers than the base's: {[*missing, *found.unexpected_keys][:3]}")
        self._peft.eval()

    def _forget(self, name: str) -> None:
        if self._peft is None or name not in self._peft.peft_config:
            return
        if self._names:
            self._peft.delete_adapter(name)
        else:
            # peft cannot be without any: the model gets its own layers back.
            self._peft.unload()
            self._peft = None


def _config(folder: Path) -> LoraConfig:
    values = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if values.get("peft_type") != "LORA":
        raise ValueError(f"its kind is {values.get('peft_type')!r}, and only LORA is read")
    if unmixable := [key for key in UNMIXABLE if values.get(key)]:
        raise ValueError(f"it uses {', '.join(unmixable)}, which cannot share a batch with others")
    # The path of the base on the machine that trained it is nobody's business here.
    return cast("LoraConfig", LoraConfig.from_pretrained(str(folder), base_model_name_or_path=None))
