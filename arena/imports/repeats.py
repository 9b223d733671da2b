"""How often a value has come before in a long file, in eight bytes a value."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Runs = list[npt.NDArray[np.uint64]]


class Repeats:
    """A count of equal digests. Kept as few sorted runs, each longer than all that follow it: a file may be long."""

    def __init__(self) -> None:
        self._runs: Runs = []

    def before(self, digests: Sequence[bytes]) -> list[int]:
        """Return how often each of these has come before it, here or in an earlier call, by its first eight bytes."""
        values = np.frombuffer(b"".join(digest[:8] for digest in digests), np.uint64)
        order = np.argsort(values, kind="stable")
        run = values[order]
        counts = np.empty(len(values), np.int64)
        counts[order] = np.arange(len(run)) - np.searchsorted(run, run)
        for known in self._runs:
            counts += np.searchsorted(known, values, "right") - np.searchsorted(known, values)
        self._add(run)
        return [int(count) for count in counts]

    def _add(self, run: npt.NDArray[np.uint64]) -> None:
        while self._runs and len(self._runs[-1]) <= len(run):
            run = np.sort(np.concatenate([self._runs.pop(), run]))
        self._runs.append(run)
