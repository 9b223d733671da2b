"""What the ratings package must find, worked out another way: vote by vote, in decimals of 50 digits.

It imports nothing of that package. Where the package folds the votes into matrices and lets the strengths sum to
zero, this walks over the votes and holds the last model at 0 until the end. Slow, to be read beside the formulas.
"""

from dataclasses import dataclass
from decimal import Decimal

DIGITS = 50
MIN_STEP = Decimal("1e-30")  # Newton squares the error: what is left is rounding
HALF = Decimal("0.5")
K, SCALE, START = Decimal(4), Decimal(400), Decimal(1000)
SCORE = (Decimal(1), Decimal(0), HALF, HALF)  # of side A, by the code of the outcome


@dataclass(frozen=True)
class Votes:
    """models: how many; rows: (a, b, outcome, weight) each, outcome 0 if a won, 1 if b, 2 a tie, 3 both bad."""

    models: int
    rows: tuple[tuple[int, int, int, Decimal], ...]


def half_win(outcome, gap, _):
    """Slope and curvature of y log p + (1 - y) log(1 - p) by gap; there is no tie parameter."""
    p = 1 / (1 + (-gap).exp())
    return (SCORE[outcome] - p, 0), ((p * (1 - p), 0), (0, 0))


def davidson(outcome, gap, log_nu):
    """As of every exponential family: the slope is what was seen minus its mean, the curvature its covariance."""
    seen = ((HALF, 0), (-HALF, 0), (0, Decimal(1)))
    odds = ((gap / 2).exp(), (-gap / 2).exp(), log_nu.exp())
    chances = [each / sum(odds) for each in odds]
    mean = [sum(p * x[i] for p, x in zip(chances, seen, strict=True)) for i in (0, 1)]
    apart = [[x[i] - mean[i] for i in (0, 1)] for x in seen]
    spread = [[sum(p * x[i] * x[j] for p, x in zip(chances, apart, strict=True)) for j in (0, 1)] for i in (0, 1)]
    return apart[min(outcome, 2)], spread


def rao_kupper(outcome, gap, log_eta):
    """From the chances of the two wins, and of a tie as what they leave, with their derivatives."""
    wins = []
    for sign in (1, -1):
        p = 1 / (1 + (log_eta - sign * gap).exp())
        first, second = p * (1 - p), p * (1 - p) * (1 - 2 * p)
        wins.append((p, sign * first, -first, second, -sign * second, second))
    tie = [(not i) - x - y for i, (x, y) in enumerate(zip(*wins, strict=True))]
    p, by_gap, by_eta, gap_gap, gap_eta, eta_eta = [*wins, tie][min(outcome, 2)]
    slope, corner = (by_gap / p, by_eta / p), by_gap * by_eta / p**2 - gap_eta / p
    return slope, ((slope[0] ** 2 - gap_gap / p, corner), (corner, slope[1] ** 2 - eta_eta / p))


def maximum(votes, form, *, tie=None):
    """Strengths in log-odds, the last 0, and the tie parameter's logarithm, by Newton; tie: where it starts."""
    at = [Decimal(0)] * votes.models + [Decimal(tie or 0)]
    free = [*range(votes.models - 1), *([votes.models] if tie else [])]
    for _ in range(100):
        slope, curvature = derivatives(votes, form, at)
        step = solve([[curvature[i][j] for j in free] for i in free], [slope[i] for i in free])
        longest = max(abs(x) for x in step)
        for i, x in zip(free, step, strict=True):
            at[i] += x * min(1, HALF / longest)
        if longest < MIN_STEP:
            return at[:-1], at[-1]
    raise ArithmeticError("these votes have no maximum")


def derivatives(votes, form, at):
    """First, and minus second, of the log-likelihood by strengths and tie parameter."""
    size = votes.models + 1
    slope, curvature = [Decimal(0)] * size, [[Decimal(0)] * size for _ in range(size)]
    for a, b, outcome, weight in votes.rows:
        first, second = form(outcome, at[a] - at[b], at[-1])
        design = ((a, 0, 1), (b, 0, -1), (size - 1, 1, 1))  # of a: +gap, of b: -gap, of the parameter: itself
        for i, x, sign in design:
            slope[i] += weight * sign * first[x]
            for j, y, other in design:
                curvature[i][j] += weight * sign * other * second[x][y]
    return slope, curvature


def solve(matrix, right):
    """x with matrix @ x = right, by Gaussian elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda row: abs(rows[row][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j in range(len(rows)):
            if j != i and rows[j][i]:
                rows[j] = [x - rows[j][i] * y for x, y in zip(rows[j], rows[i], strict=True)]
    return [row[-1] for row in rows]


def variances(votes, form, at, *, is_freed=False):
    """Of each strength against the mean of all: the plain sandwich, or textbook HC3 with the residuals freed.

    at: what maximum() found for form. The leverage of a vote is that of the typical weight of its pair.
    """
    strengths, tie = at
    _, curvature = derivatives(votes, form, [*strengths, tie])
    inverse = inverse_of(curvature, free=[*range(votes.models - 1), *([votes.models] if form is not half_win else [])])
    found = [Decimal(0)] * votes.models
    for a, b, outcome, weight in votes.rows:
        (by_gap, by_tie), ((bend, _), _) = form(outcome, strengths[a] - strengths[b], tie)
        resistance = inverse[a][a] + inverse[b][b] - 2 * inverse[a][b]
        rest = 1 - typical_weight(votes, a, b) * bend * resistance if is_freed else 1
        moved = centred([by_gap * (row[a] - row[b]) + by_tie * row[-1] for row in inverse[:-1]])
        found = [variance + (weight * x / rest) ** 2 for variance, x in zip(found, moved, strict=True)]
    return found


def inverse_of(matrix, *, free):
    """Of the free rows and columns; the others hold still and are 0."""
    inverse = [[Decimal(0)] * len(matrix) for _ in matrix]
    inner = [[matrix[i][j] for j in free] for i in free]
    for i in free:
        for j, x in zip(free, solve(inner, [Decimal(int(i == j)) for j in free]), strict=True):
            inverse[j][i] = x
    return inverse


def typical_weight(votes, a, b):
    """Of a pair: the sum of the squares of its weights over their sum."""
    weights = [weight for one, other, _, weight in votes.rows if {one, other} == {a, b}]
    return sum(weight**2 for weight in weights) / (sum(weights) or 1)


def provisional(votes, model, strengths):
    """The strength of a newcomer that met only models of known strengths, around whose mean 0 it is normal."""
    low, high = Decimal(-50), Decimal(50)
    mine = [row for row in votes.rows if model in row[:2]]
    for _ in range(160):
        middle = (low + high) / 2
        slope = -middle
        for a, b, outcome, weight in mine:
            score, rival = (SCORE[outcome], b) if a == model else (1 - SCORE[outcome], a)
            slope += weight * (score - 1 / (1 + (strengths[rival] - middle).exp()))
        low, high = (middle, high) if slope > 0 else (low, middle)
    return middle


def shrunk(votes, spreads, scale):
    """Strengths that are normal with each of the spreads, averaged by the chances of the spreads after the votes.

    To each chance belongs the fit of the next wider spread, to the last its own. A spread is half-normal itself, and
    stands for a part of all spreads in proportion to it. Laplace's method gives the chance of the votes: the height of
    the peak, times its volume.
    """
    peaks = [peak(votes, 1 / spread**2) for spread in spreads]
    logs = [
        height + spread.ln() - (spread / scale) ** 2 / 2 for (_, height), spread in zip(peaks, spreads, strict=True)
    ]
    chances = [(each - max(logs)).exp() for each in logs]
    whole, fits = sum(chances), [strengths for strengths, _ in [*peaks[1:], peaks[-1]]]
    return [
        sum(chance * strengths[i] for chance, strengths in zip(chances, fits, strict=True)) / whole
        for i in range(votes.models)
    ]


def peak(votes, precision):
    """The likeliest strengths around 0 with this precision, and the logarithm of the chance of the votes under it."""
    at = [Decimal(0)] * votes.models
    while True:
        slope, curvature = derivatives(votes, half_win, [*at, Decimal(0)])
        curved = [[x + precision * (i == j) for j, x in enumerate(row[:-1])] for i, row in enumerate(curvature[:-1])]
        step = solve(curved, [x - precision * s for x, s in zip(slope, at, strict=False)])
        longest = max(abs(x) for x in step)
        at = [s + x * min(1, HALF / longest) for s, x in zip(at, step, strict=True)] if longest else at
        if longest < MIN_STEP:
            break
    likelihood = sum(
        weight * (SCORE[outcome] * (at[a] - at[b]) - (1 + (at[a] - at[b]).exp()).ln())
        for a, b, outcome, weight in votes.rows
    )
    prior = (votes.models * precision.ln() - precision * sum(s * s for s in at)) / 2
    return at, likelihood + prior - log_determinant(curved) / 2


def log_determinant(matrix):
    """Of a positive definite matrix, by its pivots."""
    rows, found = [list(row) for row in matrix], Decimal(0)
    for i in range(len(rows)):
        found += rows[i][i].ln()
        for j in range(i + 1, len(rows)):
            factor = rows[j][i] / rows[i][i]
            rows[j] = [x - factor * y for x, y in zip(rows[j], rows[i], strict=True)]
    return found


def elo(votes):
    """Points after all votes, in their order."""
    points = [START] * votes.models
    for a, b, outcome, weight in votes.rows:
        expected = 1 / (1 + Decimal(10) ** ((points[b] - points[a]) / SCALE))
        gain = K * weight * (SCORE[outcome] - expected)
        points[a] += gain
        points[b] -= gain
    return points


def centred(values):
    mean = sum(values) / len(values)
    return [value - mean for value in values]


def in_points(log_odds):
    return log_odds * SCALE / Decimal(10).ln()
