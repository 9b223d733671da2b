"""Names for the kinds of arrays that all modules take and give."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def freeze(owner: object, name: str, values: npt.NDArray[np.generic]) -> None:
    """Set a field of a frozen dataclass to values that nobody can change any more."""
    values.setflags(write=False)
    object.__setattr__(owner, name, values)


def owned(values: npt.ArrayLike, dtype: type[np.generic]) -> npt.NDArray[Any]:
    """Return the values as an array that nobody else can change: a copy, unless they are read-only and no view."""
    array = np.asarray(values)
    is_safe = array.dtype == dtype and not array.flags.writeable and array.base is None
    return array if is_safe else np.array(array, dtype=dtype)
