"""A share of votes and how far it may be from the truth."""

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtri

from ratings.errors import RatingsError
from ratings.intervals import CONFIDENCE, check_confidence


class NoVotes(RatingsError):
    """A share of nothing: there are no votes."""


@dataclass(frozen=True)
class Share:
    """A share and its interval, all in [0, 1]."""

    share: float
    lower: float
    upper: float

    @property
    def rest(self) -> "Share":
        """The share of the others, those that are not in this one."""
        return Share(1 - self.share, 1 - self.upper, 1 - self.lower)


def wilson(share: float, votes: float, *, confidence: float = CONFIDENCE) -> Share:
    """Return the share in [0, 1] of so many independent votes with its interval, which stays in [0, 1], never empty.

    Raises NoVotes, BadConfidence.
    Source: Wilson (1927), recommended for few votes by Brown, Cai and DasGupta (2001).
    """
    check_confidence(confidence)
    if votes <= 0:
        raise NoVotes("a share needs at least one vote")
    z = float(ndtri((1 + confidence) / 2))
    grown = 1 + z**2 / votes
    middle = (share + z**2 / (2 * votes)) / grown
    half = z * sqrt(share * (1 - share) / votes + z**2 / (4 * votes**2)) / grown
    return Share(share, max(0.0, middle - half), min(1.0, middle + half))


def effective_votes(total: float, squares: float) -> float:
    """Return how many votes of equal weight say as much; 0 without votes.

    total: the sum of the weights; squares: the sum of their squares. Source: Kish (1965).
    """
    return total**2 / squares if squares > 0 else 0.0
