"""The method of a board: every choice that another run needs to get the same one."""

from dataclasses import dataclass

import numpy as np

from ratings import estimators
from ratings.arrays import IntArray
from ratings.bootstrap import Progress
from ratings.comparisons import Comparisons
from ratings.encoding import Name
from ratings.errors import RatingsError
from ratings.estimators import Estimator
from ratings.intervals import CONFIDENCE, Method, check_confidence
from ratings.prior import PRIORS
from ratings.ties import DAVIDSON, RAO_KUPPER

TIES = {"half": None, "davidson": DAVIDSON, "rao-kupper": RAO_KUPPER}
INTERVALS = ("hc3", "sandwich", "bootstrap", "none")
DEFAULT_PRIOR = "normal"
ROUNDS = 1000


@dataclass(frozen=True)
class RatingMethod:
    """The choices by which a board is rated.

    ties: a key of TIES; intervals: one of INTERVALS, or "": HC3, and the sandwich for the tie models.
    prior: that of all strengths, a key of PRIORS, or "": normal, but none with a tie model or a bootstrap.
    style: names of the features that are controlled for; position: whether the side is, too. anchor: a model and its
    points. per_pair: as at_least in weighting.per_pair. by_voter, by_prompt: whether votes of one voter, or on one
    prompt, hang together. Raises RatingsError for choices that do not go together, BadConfidence.
    """

    ties: str = "half"
    intervals: str = ""
    prior: str = ""
    confidence: float = CONFIDENCE
    style: tuple[str, ...] = ()
    position: bool = False
    anchor: tuple[Name, float] | None = None
    per_pair: float | None = None
    by_voter: bool = False
    by_prompt: bool = False
    rounds: int = ROUNDS
    seed: int = 0

    def __post_init__(self) -> None:
        check_confidence(self.confidence)
        half_win = self.ties == "half"
        if not self.intervals:
            object.__setattr__(self, "intervals", "hc3" if half_win else "sandwich")
        if not self.prior:
            object.__setattr__(self, "prior", DEFAULT_PRIOR if self._takes_prior else "none")
        choices = (("ties", self.ties, TIES), ("intervals", self.intervals, INTERVALS), ("prior", self.prior, PRIORS))
        for name, value, known in choices:
            if value not in known:
                raise RatingsError(f"{name} is {value!r}; it must be one of {', '.join(known)}")
        if not half_win and self.intervals not in ("sandwich", "none"):
            raise RatingsError(f"{self.intervals} intervals are for half-win ties; choose sandwich")
        if self.is_clustered and not (half_win and self.intervals in ("hc3", "none")):
            raise RatingsError("intervals by voter or by prompt go with half-win ties and hc3 intervals only")
        if self.has_covariates and (not half_win or self.intervals == "bootstrap"):
            raise RatingsError("style control goes with half-win ties and hc3 or sandwich intervals only")
        if self.prior != "none" and not self._takes_prior:
            raise RatingsError("a prior goes with half-win ties and without a bootstrap only")
        if self.rounds < 2:
            raise RatingsError(f"rounds is {self.rounds}; a bootstrap needs at least 2")

    @property
    def _takes_prior(self) -> bool:
        return self.ties == "half" and self.intervals != "bootstrap"

    @property
    def has_covariates(self) -> bool:
        """Whether strengths are freed from style or from the side."""
        return bool(self.style) or self.position

    @property
    def reads_votes(self) -> bool:
        """Whether the counts do not suffice."""
        return self.has_covariates or self.is_clustered

    @property
    def is_clustered(self) -> bool:
        """Whether votes of one voter, or on one prompt, hang together."""
        return self.by_voter or self.by_prompt

    def estimator(
        self,
        votes: Comparisons,
        *,
        voter: IntArray | None = None,
        prompt: IntArray | None = None,
        on_progress: Progress | None = None,
    ) -> Estimator:
        """Return the estimator that standings_by asks for strengths and errors.

        voter, prompt: (votes,), read if by_voter and by_prompt. on_progress: told the rounds of a bootstrap that are
        done.
        """
        ways = {"voter": voter if self.by_voter else None, "prompt": prompt if self.by_prompt else None}
        prior = PRIORS[self.prior]
        if self.has_covariates:
            method = Method.HC3 if self.intervals == "hc3" else Method.SANDWICH
            return estimators.styled(votes, position=self.position, method=method, prior=prior, **ways)
        if (model := TIES[self.ties]) is not None:
            return estimators.tie_model(model)
        if self.is_clustered and self.intervals != "none":
            return estimators.clustered(votes, prior=prior, **ways)
        if self.intervals == "bootstrap":
            rng = np.random.default_rng(self.seed)
            return estimators.bootstrapped(rng, rounds=self.rounds, confidence=self.confidence, on_progress=on_progress)
        if self.intervals == "none":
            return estimators.points_only(prior=prior)
        return estimators.half_win(Method(self.intervals), prior=prior)
