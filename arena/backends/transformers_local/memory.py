"""Whether weights fit into memory, asked before they are loaded: otherwise the system ends the process, unsaid."""

import json
import os
from math import prod
from pathlib import Path

from django.conf import settings

from arena.backends.base import Unavailable

#: Weights are computed with in float32, whatever they are stored in.
BYTES_A_NUMBER = 4
#: Of what is free now, when the operator names no budget: the rest is for keys, values and everybody else.
SHARE = 0.8
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def refuse_too_large(folder: Path) -> None:
    """Raises Unavailable where the weights in this folder need more than the budget."""
    needed, budget = bytes_needed(folder), budget_bytes()
    if needed > budget:
        raise Unavailable(
            f"{folder.name} needs about {_gigabytes(needed)} of memory and may take {_gigabytes(budget)}: run it on a "
            'larger machine (manage.py worker --hosts), serve it with llama.cpp and enter it with backend = "openai", '
            "or raise ARENA_MODEL_MEMORY_MB"
        )


def bytes_needed(folder: Path) -> int:
    """What the weights take in float32, from the headers of their files. Raises Unavailable for a damaged header."""
    return sum(_numbers(file) for file in folder.glob("*.safetensors")) * BYTES_A_NUMBER


def budget_bytes() -> int:
    """ARENA_MODEL_MEMORY_MB, or most of what is free now in this machine or container."""
    if settings.MODEL_MEMORY_MB:
        return int(settings.MODEL_MEMORY_MB) * 2**20
    return int(min(_free_in_machine(), *map(_free_in_cgroup, _CGROUPS)) * SHARE)


def _numbers(file: Path) -> int:
    try:
        with file.open("rb") as opened:
            header = json.loads(opened.read(int.from_bytes(opened.read(8), "little")))
        return sum(prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    except (OSError, ValueError, KeyError, TypeError, MemoryError, OverflowError) as error:
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
