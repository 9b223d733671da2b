"""The limits of weights, and whether they fit into memory, checked before they are loaded.

Otherwise the system would end the process without a word. Nothing here loads torch.
"""

import json
import os
from dataclasses import dataclass, replace
from math import prod
from pathlib import Path

from django.conf import settings

from arena.backends.base import Unavailable

#: The model computes in float32, whatever the weights are stored in.
BYTES_A_NUMBER = 4
#: The names that transformers looks for, in this order: one file, or the list of several.
SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
#: The share of the free memory to take when the operator names no budget: the rest is for other programs.
SHARE = 0.8
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


@dataclass(frozen=True)
class Limits:
    """The most that one set of weights may take.

    rows: answers written at once; the others wait in the order in which they came.
    cache_megabytes: for keys and values of all conversations that are being written, beside the weights.
    seconds: for one answer, waiting included; less than the broker waits before it gives the task to another worker.
    threads: that torch computes with. A second one makes a full batch faster and a single answer hardly; where another
    process wants that core, both then wait for each other.
    """

    rows: int = 8
    cache_megabytes: int = 1024
    seconds: float = 600.0
    threads: int = 1


DEFAULT = Limits()


def fitted(folder: Path, limits: Limits = DEFAULT) -> Limits:
    """Return the limits with the room for conversations that the budget leaves beside the weights in this folder.

    Raises Unavailable where not even one conversation of full length has room.
    """
    weights, budget = weights_bytes(folder), budget_bytes()
    needed = weights + cache_bytes(folder, replace(limits, rows=1))
    if needed > budget:
        raise Unavailable(
            f"{folder.name} needs about {_gigabytes(needed)} of memory ({_gigabytes(weights)} of it for the "
            f"weights, the rest for one conversation) and may take {_gigabytes(budget)}: run it on a larger machine "
            '(manage.py worker --hosts), serve it with llama.cpp and enter it with backend = "openai", or raise '
            "ARENA_MODEL_MEMORY_MB"
        )
    return replace(limits, cache_megabytes=min(limits.cache_megabytes, -(-(budget - weights) // 2**20)))


def weights_bytes(folder: Path) -> int:
    """Return what the weights take in float32, from the headers of their files.

    Raises Unavailable for a damaged header.
    """
    return sum(_numbers(file) for file in _files(folder)) * BYTES_A_NUMBER


def cache_bytes(folder: Path, limits: Limits) -> int:
    """Return the most that keys and values take, in bytes.

    That is all rows with the longest conversation each, or the limit if that is less.
    """
    most = limits.cache_megabytes * 2**20
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        config = config.get("text_config") or config
        heads = config.get("num_key_value_heads") or config["num_attention_heads"]
        size = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
        token = 2 * config["num_hidden_layers"] * heads * size * BYTES_A_NUMBER
        return min(most, int(limits.rows * config["max_position_embeddings"] * token))
    except Exception:  # noqa: BLE001
        # The config is of another form or missing: the loader says what is wrong with it, if anything is.
        return most


def budget_bytes() -> int:
    """Return ARENA_MODEL_MEMORY_MB in bytes, or most of what is free now in this machine or container."""
    if settings.MODEL_MEMORY_MB:
        return int(settings.MODEL_MEMORY_MB) * 2**20
    return int(min(_free_in_machine(), *map(_free_in_cgroup, _CGROUPS)) * SHARE)


def _files(folder: Path) -> set[Path]:
    """Return the files that are loaded: a repository may hold the same weights a second time, in another layout."""
    if (folder / SINGLE).is_file():
        return {folder / SINGLE}
    if not (folder / INDEX).is_file():
        return set(folder.glob("*.safetensors"))
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        return {folder / name for name in index["weight_map"].values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unavailable(f"{folder / INDEX} is damaged ({error}): fetch or convert it anew") from error


def _numbers(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
        return sum(prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    except Exception as error:  # a damaged header may say anything
        raise Unavailable(f"{file} is damaged ({error}): fetch or convert it anew") from error


def _free_in_machine() -> float:
    try:
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        # macOS tells only how much there is.
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _free_in_cgroup(files: tuple[str, str]) -> float:
    try:
        limit, used = (int(Path(file).read_text()) for file in files)
    except (OSError, ValueError):  # no such cgroup, or "max"
        return float("inf")
    return max(0, limit - used)


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
