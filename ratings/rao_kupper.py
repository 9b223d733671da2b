"""The three chances of Rao and Kupper: a tie is a difference too small for the voter to see."""

import numpy as np
from scipy.special import expit, log_expit

from ratings.arrays import FloatArray


class RaoKupper:
    """The tie model in which a difference can be too small to see.

    P(i beats j) = pi_i / (pi_i + eta pi_j), eta > 1, and P(tie) is the rest.

    The coordinate beside the strengths is log eta, the smallest log-odds a voter sees. gaps: (n, n), strength
    of i minus that of j, in log-odds. With x = gap - log eta and y = -gap - log eta, a win of i has the chance
    expit(x) and a tie (eta^2 - 1) expit(x) expit(y): both have concave logarithms. Source: Rao and Kupper (1967).
    """

    name = "rao_kupper"

    def start(self, share: float) -> float:
        """Return the log eta at which equals tie this often. share: in (0, 1)."""
        return float(2 * np.arctanh(share))

    def tie(self, coordinate: float) -> float:
        """Return eta, above 1."""
        return float(np.exp(coordinate))

    def log_chances(self, gaps: FloatArray, coordinate: float) -> tuple[FloatArray, FloatArray]:
        """Return the logarithms of the chance that i beats j and of the chance of a tie, (n, n) each."""
        win: FloatArray = log_expit(gaps - coordinate)
        squared = 2 * coordinate + np.log(-np.expm1(-2 * coordinate))  # log(eta^2 - 1), which cannot overflow
        return win, squared + win + win.T

    def slopes(self, gaps: FloatArray, coordinate: float) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Return the first derivatives of log_chances by gap and by coordinate, (n, n) each: of a win, of a tie."""
        miss: FloatArray = expit(coordinate - gaps)
        hit: FloatArray = expit(gaps - coordinate)
        beyond = 2 * np.exp(-2 * coordinate) / -np.expm1(-2 * coordinate)  # d log(eta^2 - 1) - 2, and hit = 1 - miss
        return (miss, -miss), (miss - miss.T, beyond + hit + hit.T)

    def curvatures(self, gaps: FloatArray, coordinate: float) -> tuple[tuple[FloatArray, FloatArray, FloatArray], ...]:
        """Return minus the second derivatives (n, n) by gap twice, by both, by coordinate twice: of a win, of a tie."""
        win: FloatArray = expit(coordinate - gaps) * expit(gaps - coordinate)
        squared = float((2 / (np.exp(coordinate) * -np.expm1(-2 * coordinate))) ** 2)  # 1 / sinh^2
        return (win, -win, win), (win + win.T, win.T - win, win + win.T + squared)

    def limits(self, widening: float, move: float, *, coordinate: float) -> tuple[float, float]:
        """Return the reach of a step for bradley_terry.damping, and the longest part of it that may be taken.

        widening: of the gap that the step changes most; move: of the coordinate, which may shrink by half, as
        eta must stay above 1. The third derivative of log(eta^2 - 1) is 2 coth(log eta) times the second.
        """
        lowest = coordinate if move >= 0 else coordinate / 2
        longest = 1.0 if move >= 0 else min(1.0, lowest / -move)
        return max(widening + abs(move), 2 * abs(move) / float(np.tanh(lowest))), longest
