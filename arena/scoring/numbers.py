"""The random numbers under which votes are counted: one for a person, one for a prompt.

They are given once and stay, so that neither the erasure of texts nor that of a key changes which votes hang together.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from secrets import randbits
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Model

from arena.models import CountedVote, ImportedSet, PromptNumber, VoterNumber
from arena.models.inserting import insert_rows
from arena.people.links import links_that_hold, root_of
from arena.scoring.text_features import VoteFeatures

BITS = 62  # below the end of a BigIntegerField, and two of a billion are alike with a chance of one in ten


class Numbers(NamedTuple):
    """The numbers of one vote; None where nobody knows who cast it, or on which prompt."""

    voter: int | None
    prompt: int | None


def numbers_of(voters: Sequence[UUID], features: Sequence[VoteFeatures]) -> list[Numbers]:
    """Return the numbers of these votes, new ones where a voter or a prompt has none yet."""
    nobody = {outside.nobody for outside in ImportedSet.objects.all()}
    by_voter = _numbers(VoterNumber, "voter_id", set(voters) - nobody)
    by_prompt = _numbers(PromptNumber, "digest", {each.prompt for each in features} - {""})
    together = zip(voters, features, strict=True)
    return [Numbers(by_voter.get(voter), by_prompt.get(each.prompt)) for voter, each in together]


def people(*, until: datetime | None = None) -> dict[int, int]:
    """Return the number of the person for the number of each voter that is linked. until: as it was said then."""
    links = links_that_hold(until=until)
    stored = VoterNumber.objects.filter(voter__in=links.keys() | set(links.values()))
    own = dict(stored.order_by("number").values_list("voter_id", "number"))
    of_root: dict[UUID, int] = {}
    return {number: of_root.setdefault(root_of(voter, links), number) for voter, number in own.items()}


def forget_prompts(battles: Collection[UUID]) -> None:
    """Let the numbers of prompts that no other battles have lead back to no text. Call it before the texts go."""
    sent = CountedVote.objects.filter(prompt_number__isnull=False)
    own = {number for number in sent.filter(vote__battle__in=battles).values_list("prompt_number", flat=True) if number}
    # Without the erased: their texts are gone already, those of earlier versions' erasures without a word in their row.
    others = sent.filter(prompt_number__in=own, vote__battle__texts_erased_at=None, vote__voter__erased_at=None)
    others = others.exclude(vote__battle__in=battles)
    alone = own - set(others.values_list("prompt_number", flat=True))
    PromptNumber.objects.filter(number__in=alone).delete()


def _numbers(model: type[Model], key: str, keys: Collection[Any]) -> dict[Any, int]:
    stored = model._default_manager.filter(**{f"{key}__in": keys}).values_list(key, "number")
    known = dict(stored)
    if new := [(each, randbits(BITS)) for each in keys if each not in known]:
        # Another process may give numbers to the same: what is stored first holds.
        insert_rows(model, (key, "number"), new, ignore_conflicts=True)
        known = dict(stored.all())
    return known
