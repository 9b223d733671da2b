"""The votes as counted so far. All of it can be computed again from the votes and their exclusions."""

from django.db import models
from django.db.models import F, Q

from arena.models.catalog import LanguageModel
from arena.models.voters import Voter
from arena.models.votes import Vote

OVERALL = "overall"
#: Votes that prefer one side.
NO_TIES = "no_ties"
#: Votes with texts, freed from style; votes of the last thirty days; all votes, those of busy voters at less. See
#: arena/scoring/full_scan_boards.py.
STYLE, RECENT, VOICES = "style", "recent", "voices"
OWN_BOARDS = (OVERALL, NO_TIES, STYLE, RECENT, VOICES)
#: The columns of PairCount: sums of the votes' weights, and of the same weights squared, which intervals need.
#: A vote with a score between counts as a part of a win of each; split sums weight * score * (1 - score) of these.
SUMS = ("first_wins", "second_wins", "ties", "both_bad", "split")
SQUARES = tuple(f"{name}_squared" for name in SUMS)


class PendingVote(models.Model):
    """A vote, or a change of a vote's weight, that the board does not show yet. Written with the fact itself."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"vote {self.vote_id}"


class CountedVote(models.Model):
    """A vote's place in the order of counting, in which Elo is replayed, and the weight with which it is counted."""

    # The style and the categories of its texts are kept: a board reads no text again, and outlives their erasure.

    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, related_name="counted")
    number = models.PositiveBigIntegerField(unique=True)
    weight = models.FloatField()
    style = models.BinaryField(default=b"", help_text="Style differences, as arena.scoring.vote_features packs them")
    voter_number = models.BigIntegerField(
        null=True, help_text="At random, one for a person; empty where nobody is known"
    )
    prompt_number = models.BigIntegerField(null=True, help_text="At random, one for a prompt; empty without its text")

    def __str__(self) -> str:
        return f"number {self.number}"


class VoterNumber(models.Model):
    """The number that a voter's votes are counted under. Voters of one number are one person to the intervals."""

    voter = models.OneToOneField(Voter, on_delete=models.CASCADE, primary_key=True, related_name="+")
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)


class PromptNumber(models.Model):
    """The number that votes on a prompt are counted under, found by the prompt as long as somebody's text holds it."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of what equal prompts share")
    number = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.number)


class VoteCategory(models.Model):
    """One category of a counted vote: one board that it is on, besides those that every vote is on."""

    # By its number and not its pk: votes and their categories are read side by side in the order of counting.
    counted = models.ForeignKey(CountedVote, on_delete=models.CASCADE, to_field="number", related_name="categories")
    category = models.CharField(max_length=40, help_text="A key of the module that ARENA_CATEGORIES names")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "counted"], name="category_once_a_vote")]

    def __str__(self) -> str:
        return self.category


class PairCount(models.Model):
    """The votes between two entries as sums of weights and of squares: all that a board needs, for any number."""

    category = models.CharField(max_length=40, default=OVERALL)
    first = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    first_wins = models.FloatField(default=0)
    second_wins = models.FloatField(default=0)
    ties = models.FloatField(default=0)
    both_bad = models.FloatField(default=0)
    split = models.FloatField(default=0, db_default=0)
    first_wins_squared = models.FloatField(default=0)
    second_wins_squared = models.FloatField(default=0)
    ties_squared = models.FloatField(default=0)
    both_bad_squared = models.FloatField(default=0)
    split_squared = models.FloatField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "first", "second"], name="one_count_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="lower_id_first"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} against {self.second_id}"
