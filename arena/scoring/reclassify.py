"""The categories and the style of every counted vote, found again by the rules of today."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F

from arena.models import CountedVote
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.numbers import numbers_of
from arena.scoring.text_features import VoteFeatures
from arena.scoring.vote_categories import Keys, categories_of, replace_categories
from arena.scoring.vote_features import features_of
from arena.scoring.vote_groups import of_groups


def reclassify_votes() -> None:
    """Store the features of every counted vote anew; a vote whose texts were erased keeps what it has.

    It takes a while: not for the holder of the board's lock.
    """
    last = 0
    votes = CountedVote.objects.order_by("number").annotate(voter=F("vote__voter"), battle=F("vote__battle"))
    while chunk := list(votes.filter(number__gt=last)[:AT_ONCE]):
        last = chunk[-1].number
        _reclassify(chunk)


def _reclassify(chunk: Sequence[Any]) -> None:
    """Store the features that have changed. chunk: some counted votes, each with the pks of its voter and battle."""
    features = features_of([vote.battle for vote in chunk])
    known = categories_of([vote.number for vote in chunk])
    now = [(vote, features[vote.battle]) for vote in chunk if vote.battle in features]
    keys = [(vote.number, _with_groups(new.categories, known.get(vote.number, ()))) for vote, new in now]
    replace_categories([(number, new) for number, new in keys if new != known.get(number, ())])
    styles = [vote for vote, new in now if new.style != bytes(vote.style)]
    for vote in styles:
        vote.style = features[vote.battle].style
    CountedVote.objects.bulk_update(styles, ["style"], batch_size=500)
    _number([vote for vote in chunk if vote.voter_number is None], features)


def _with_groups(categories: Keys, known: Keys) -> Keys:
    return tuple(sorted((*categories, *of_groups(known))))


def _number(votes: Sequence[Any], features: Mapping[UUID, VoteFeatures]) -> None:
    """Give numbers to votes that were counted before there were any."""
    numbers = numbers_of([vote.voter for vote in votes], [features.get(vote.battle, VoteFeatures()) for vote in votes])
    for vote, own in zip(votes, numbers, strict=True):
        vote.voter_number, vote.prompt_number = own
    CountedVote.objects.bulk_update(votes, ["voter_number", "prompt_number"], batch_size=500)
