"""The three chances of Davidson: a tie is likeliest between equals; the votes say how likely."""

import numpy as np

from ratings.arrays import FloatArray


class Davidson:
    """The tie model in which a tie is likeliest between equals.

    P(i beats j) = pi_i / (pi_i + pi_j + nu sqrt(pi_i pi_j)), P(tie) = nu sqrt(pi_i pi_j) / the same.

    The coordinate beside the strengths is log nu. gaps: (n, n), strength of i minus that of j, in log-odds.
    The log-likelihood is that of an exponential family, so it is concave and each outcome bends it alike.
    Source: Davidson (1970).
    """

    name = "davidson"

    def start(self, share: float) -> float:
        """Return the log nu at which equals tie this often. share: in (0, 1)."""
        return float(np.log(2 * share / (1 - share)))

    def tie(self, coordinate: float) -> float:
        """Return nu, above 0."""
        return float(np.exp(coordinate))

    def log_chances(self, gaps: FloatArray, coordinate: float) -> tuple[FloatArray, FloatArray]:
        """Return the logarithms of the chance that i beats j and of the chance of a tie, (n, n) each."""
        size = np.abs(gaps) / 2  # taken out of the sum, so that a wide gap cannot overflow
        total = size + np.log1p(np.exp(-2 * size) + np.exp(coordinate - size))
        return gaps / 2 - total, coordinate - total

    def slopes(self, gaps: FloatArray, coordinate: float) -> tuple[tuple[FloatArray, FloatArray], ...]:
        """Return the first derivatives of log_chances by gap and by coordinate, (n, n) each: of a win, of a tie."""
        win, tie = np.exp(self.log_chances(gaps, coordinate))
        # Sums of chances, because differences from 1 would lose the digits of rare outcomes.
        return (win.T + tie / 2, -tie), ((win.T - win) / 2, win + win.T)

    def curvatures(self, gaps: FloatArray, coordinate: float) -> tuple[tuple[FloatArray, FloatArray, FloatArray], ...]:
        """Return minus the second derivatives (n, n) by gap twice, by both, by coordinate twice: of a win, of a tie."""
        win, tie = np.exp(self.log_chances(gaps, coordinate))
        decided = win + win.T
        form = (decided * tie / 4 + win * win.T, (win.T - win) / 2 * tie, tie * decided)
        return form, form

    def limits(self, widening: float, move: float, *, coordinate: float) -> tuple[float, float]:
        """Return the reach of a step for bradley_terry.damping, and the longest part of it that may be taken: all.

        widening: of the gap that the step changes most; move: of the coordinate. Three exponents, half the gap
        up, half of it down and the coordinate, part by at most the reach (Bach, 2010, as there).
        """
        return widening + abs(move), 1.0
