"""The origins of votes: voters, who are pseudonyms behind random cookies, and sets of votes cast elsewhere."""

import uuid

from django.db import models

#: Of ids that are made from names: the same name gives the same id in every arena.
OUTSIDE = uuid.UUID("6f0b1f57-52f1-4f0e-9d0c-3a8f5f3f7b1e")


class MayDo(models.TextChoices):
    """What an account may do, one permission each. OWN: decide who may; its group holds all the others too,
    but SEE_PEOPLE, which is granted by name alone."""

    PLAY = "play", "May play where the arena is closed"
    REVIEW = "review", "May exclude and restore votes"
    ANALYSE = "analyse", "May take votes and boards out"
    OPERATE = "operate", "May change entries and prompts and bring files in"
    OWN = "own", "May decide who may do what"
    SEE_PEOPLE = "see_people", "May see which person a voter is"


class VoterQuerySet(models.QuerySet["Voter"]):
    def locked(self, voter_id: uuid.UUID) -> "Voter":
        """Return the voter as it is now; until the transaction ends nobody else begins its battles, or forgets it."""
        # No stronger lock: whoever casts a vote holds its battle, and then refers to this row.
        return self.select_for_update(no_key=True).get(pk=voter_id)


class Voter(models.Model):
    """A pseudonym, known by the digest of a random key that only the voter's browser holds.

    An erased voter has no key any more: the votes stay as numbers that lead back to nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # NULL, because any number of erased voters have none.
    key_digest = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001
    created = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True, help_text="When the voter asked to be forgotten")

    objects = VoterQuerySet.as_manager()

    class Meta:
        # Of accounts, not of voters: Django keeps them at a model.
        permissions = tuple(MayDo.choices)

    def __str__(self) -> str:
        return str(self.id)


class ImportedSet(models.Model):
    """The votes that an operator imported under one name. What is remembered holds for its next file too."""

    name = models.CharField(max_length=100, unique=True)
    format = models.CharField(max_length=40)
    created = models.DateTimeField()
    is_by_content = models.BooleanField(
        default=True, db_default=False, help_text="No earlier version stored votes of it by the numbers of their rows"
    )
    # NULL, because a set may have votes of which nobody knows more than who won.
    with_texts = models.BooleanField(null=True, help_text="Whether its conversations were taken; empty: it has none")
    mapping = models.JSONField(default=dict, db_default={}, blank=True, help_text="Its columns, and words of winners")

    def __str__(self) -> str:
        return self.name

    @property
    def nobody(self) -> uuid.UUID:
        """The pseudonym of all whom the file does not name: any number of people."""
        return self.voter_id("")

    def voter_id(self, judge: str) -> uuid.UUID:
        """Return the pseudonym of a judge of this set. judge: what the file calls whoever chose, or empty."""
        return uuid.uuid5(OUTSIDE, f"{self.name}\njudge {judge}")
