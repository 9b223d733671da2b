"""One BLAS thread for systems of the size of a board: more of them wait for each other longer than they work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from inspect import signature
from threading import Lock
from typing import Any, ParamSpec, TypeVar

import numpy as np  # noqa: F401  loads a BLAS of its own, and so does SciPy: what is loaded later would not be bounded
import scipy.linalg  # noqa: F401
from threadpoolctl import ThreadpoolController

LARGEST = 1000  # models; from twice as many on a second thread saves a third of the time

Asked = ParamSpec("Asked")
Result = TypeVar("Result")
Undo = Callable[[], None]


class _Bound:
    """The bound of this process, and how many calls are within it."""

    def __init__(self) -> None:
        self._lock, self._inside = Lock(), 0
        self._undo: Undo | None = None

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._undo = _blas().limit(limits=1).restore_original_limits

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._undo is not None:
                self._undo()


_BOUND = _Bound()


@contextmanager
def one_thread(n_models: int) -> Iterator[None]:
    """Have NumPy and SciPy compute with one BLAS thread meanwhile, if there are at most LARGEST models.

    The bound is the process's: other threads of it compute with one thread, too, until the last call in any of them is
    over; then there are as many as before the first. Calls may be nested and come from any thread. The first costs
    ten milliseconds, a later one ten microseconds, one within another a microsecond.
    """
    if n_models > LARGEST:
        yield
        return
    _BOUND.enter()
    try:
        yield
    finally:
        _BOUND.leave()


def bounded(n_models: Callable[[Any], int]) -> Callable[[Callable[Asked, Result]], Callable[Asked, Result]]:
    """Return the decorator of a public door that computes within one_thread. n_models: of its first argument."""

    def decorate(door: Callable[Asked, Result]) -> Callable[Asked, Result]:
        @wraps(door)
        def within(*positional: Asked.args, **named: Asked.kwargs) -> Result:
            given = positional or tuple(signature(door).bind(**named).arguments.values())
            with one_thread(n_models(given[0])):
                return door(*positional, **named)

        return within

    return decorate


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController().select(user_api="blas")
