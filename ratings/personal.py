"""One voter's own strengths: the crowd's, moved by what this voter's votes say."""

import numpy as np
from scipy.linalg import cho_solve

from ratings.arrays import FloatArray
from ratings.bradley_terry import climb
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.positive_definite import cholesky

#: Log-odds by which one person's liking for a model differs from the crowd's. Measured on the judges of llmfao: 0.6.
#: A little less foretells votes on new prompts best, for what a voter shows is liking for prompts as well.
TASTE_SD = 0.5


def fit(counts: PairCounts, crowd: FloatArray, *, taste_sd: float = TASTE_SD) -> FloatArray:
    """Return the most probable strengths (n,) of one voter, in log-odds, around the same middle as the crowd's.

    counts: the votes of this voter; crowd: (n,) in log-odds. Each of the voter's strengths is normal around the crowd's
    with this standard deviation, so that without votes they are the crowd's. Always finite. Raises RatingsError for a
    crowd that does not fit the counts, or a taste_sd that is not above 0.
    """
    if crowd.shape != (len(counts),) or not np.isfinite(crowd).all():
        raise RatingsError(f"the crowd's strengths must be {len(counts)} finite numbers")
    if not 0 < taste_sd < np.inf:
        raise RatingsError(f"taste_sd is {taste_sd}; it must be above 0 and finite")
    prior = np.eye(len(counts)) / taste_sd**2

    def direction(at: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
        step: FloatArray = cho_solve(cholesky(curvature + prior), gradient - (at - crowd) / taste_sd**2)
        return step

    return climb(counts, crowd.copy(), direction=direction) if len(counts) else crowd.copy()
