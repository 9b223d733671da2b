"""The errors of the whole package:

RatingsError
├── BadRow                   one row of the votes; carries `row` and `value`
│   ├── UnknownOutcome
│   ├── SelfComparison
│   ├── LengthMismatch
│   ├── IndexOutOfRange
│   ├── BadWeight
│   ├── BadScore
│   ├── BadFeature
│   ├── BadStyleCount        style: a negative number of tokens or marks
│   ├── VoteNotThere         live: less is there than is to be taken away
│   └── MissingName
├── FractionalScore          counts: ties, held_out, robustness, bootstrap, live know whole outcomes only
├── BadCounts                matrices that no votes can fold into
├── NoFiniteMaximum          bradley_terry, intervals, ties: these counts have no finite strengths
├── NotConverged             positive_definite, bradley_terry, bootstrap, ties: they have, but beyond double precision
├── BadConfidence            intervals
├── BadIntervals             ranking
├── BadInitialRatings        elo
├── NotCompared              anytime: two models that no votes connect
├── BadMargin                decide
├── UnknownModel             decide_command: a name that no vote has
├── BadLayers                contrasts: errors of no size, or not finite
├── NoVotes                  proportions: a share of nothing
├── TooFewModels             pairing
├── UnknownAnchor            board: the anchor has no votes
├── StyleNotIdentified       style_control: a feature that the votes cannot tell from strength
├── BadList                  json_list: a file that is no JSON list
└── BadFile                  reading: a file that holds no votes
"""


class RatingsError(ValueError):
    """Whatever this package refuses."""


class NotConverged(RatingsError):
    """The counts differ by so many orders of magnitude that double precision cannot find the maximum."""


class FractionalScore(RatingsError):
    """Scores between those of outcomes, where only outcomes are known."""


class BadRow(RatingsError):
    """A row that cannot be a vote. `row` counts from 0; `value` is what stood there."""

    says = "cannot be a vote"

    def __init__(self, row: int, value: object) -> None:
        super().__init__(row, value)
        self.row = row
        self.value = value

    def __str__(self) -> str:
        return f"row {self.row}: {self.value!r} {self.says}"


class UnknownOutcome(BadRow):
    says = "is not an outcome"


class SelfComparison(BadRow):
    says = "is compared with itself"


class LengthMismatch(BadRow):
    says = "are the shapes of the columns; they must be flat and of one length"


class IndexOutOfRange(BadRow):
    says = "names a model that is not there"


class BadWeight(BadRow):
    says = "is not a finite weight of at least 0 and at most 1e100"


class BadScore(BadRow):
    says = "is not a score in [0, 1] that its outcome can have"


class BadFeature(BadRow):
    says = "is not a finite feature"


class MissingName(BadRow):
    says = "is not the name of a model"


class BadCounts(RatingsError):
    """Matrices that are not square, from 0 to 1e250, of one size and empty on the diagonal."""
