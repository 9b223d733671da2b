"""Factors and inverses of positive definite matrices, such as every information matrix of votes, or an error."""

import numpy as np
from scipy.linalg import lapack

from ratings.arrays import FloatArray
from ratings.errors import NotConverged

#: Below this reciprocal of the condition a matrix is singular in working precision: the rule of LAPACK's dposvx.
MIN_RECIPROCAL = float(np.finfo(float).eps)


def cholesky(positive: FloatArray) -> tuple[FloatArray, bool]:
    """Return the lower factor of a positive definite (n, n), as scipy's cho_solve takes it.

    Raises NotConverged where the matrix is singular in double precision, even if rounding lets a factor be found:
    which of the two happens differs from one processor to the next.
    """
    factor, failed = lapack.dpotrf(positive, lower=1)
    norm = np.abs(positive).sum(axis=0).max(initial=0.0)
    if failed or lapack.dpocon(factor, norm, uplo="L")[0] < MIN_RECIPROCAL:
        raise NotConverged("the information matrix is singular in double precision")
    return factor, True


def solved(factor: tuple[FloatArray, bool], right: FloatArray) -> FloatArray:
    """Return what the matrix that has this factor takes to the right side (n,), as scipy's cho_solve does.

    That takes longer to look at its arguments than to solve for ten models.
    """
    solution: FloatArray = lapack.dpotrs(factor[0], right, lower=1)[0]
    return solution


def inverse(positive: FloatArray) -> FloatArray:
    """Return the inverse (n, n) of a positive definite (n, n), symmetric to the last bit. Raises NotConverged."""
    return inverse_of(cholesky(positive))


def inverse_of(factor: tuple[FloatArray, bool]) -> FloatArray:
    """Return the inverse (n, n) of the matrix that has this factor, symmetric to the last bit."""
    lower, _ = lapack.dpotri(factor[0], lower=1)
    below = np.tril(lower)
    whole: FloatArray = below + np.tril(lower, -1).T
    return whole
