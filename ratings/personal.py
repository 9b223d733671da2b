"""One voter's own strengths: the crowd's, moved by what this voter's votes say."""

import numpy as np

from ratings.arrays import FloatArray
from ratings.counts import PairCounts
from ratings.errors import RatingsError
from ratings.provisional import peak_of

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
    if not len(counts):
        return crowd.copy()
    return peak_of(counts, crowd, free=np.arange(len(counts)), prior_sd=taste_sd)
