"""What one set of weights may take. Apart from the scheduler, which loads torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """rows: answers written at once; the others wait in the order in which they came.

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
