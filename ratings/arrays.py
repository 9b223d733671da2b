"""Names for the kinds of arrays that all modules take and give."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def freeze(owner: object, name: str, values: npt.NDArray[np.generic]) -> None:
    """Set a field of a frozen dataclass to values that nobody can change any more."""
    values.setflags(write=False)
    object.__setattr__(owner, name, values)
