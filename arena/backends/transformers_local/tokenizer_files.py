"""What lies beside a tokenizer: the chat template of the weights, and the names of their special tokens."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from arena.backends.base import Unavailable
from arena.backends.prompt_templates.rendering import default_of

#: Of characters; those of the field have a tenth of it.
LONGEST_TEMPLATE = 300_000
#: What transformers calls special_tokens_map.
_TOKENS = tuple(f"{kind}_token" for kind in ("bos", "eos", "unk", "sep", "pad", "cls", "mask"))


def opening_of(tokenizer: Tokenizer, adds_bos: bool | None, bos: str | None) -> tuple[int, ...]:
    """Return the tokens before a text by transformers' rule.

    What tokenizer_config.json says of BOS goes before what tokenizer.json does by itself.
    """
    if adds_bos is not None:
        id = tokenizer.token_to_id(bos) if adds_bos and bos else None
        return () if id is None else (id,)
    encoded = tokenizer.encode("a")
    first = next((i for i, added in enumerate(encoded.special_tokens_mask) if not added), 0)
    return tuple(encoded.ids[:first])


def own_template(folder: Path, settings: Mapping[str, Any]) -> str | None:
    """Return the template that came with the weights, from the first place where transformers has written one."""
    files = {"default": folder / "chat_template.jinja"}
    files |= {file.stem: file for file in sorted(folder.glob("additional_chat_templates/*.jinja"))}
    templates = {name: file.read_text(encoding="utf-8") for name, file in files.items() if file.is_file()}
    older = settings.get("chat_template") or read_json(folder / "chat_template.json").get("chat_template")
    if not (several := templates or older):
        return None
    if len(template := default_of(several)) > LONGEST_TEMPLATE:
        raise Unavailable(f"the chat template in {folder} has {len(template):,} characters")
    return template


def called(folder: Path) -> frozenset[str]:
    """Return what folder and files call the model and its maker."""
    config: dict[str, Any] = {}
    with suppress(ValueError):  # where it is broken, loading the weights says so
        config = read_json(folder / "config.json") | read_json(folder / "converted.json")
    names = (folder.name, *map(config.get, ("model_type", "_name_or_path", "hub")))
    return frozenset(name for name in names if isinstance(name, str))


def token_names(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the special tokens by the names that templates use."""
    tokens = {name: settings.get(name) for name in _TOKENS}
    return {name: token["content"] if isinstance(token, dict) else token for name, token in tokens.items() if token}


def read_json(file: Path) -> dict[str, Any]:
    """Return what the file says; nothing where there is none."""
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
