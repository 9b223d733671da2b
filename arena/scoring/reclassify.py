"""The categories and the style of every counted vote, found again by the rules of today."""

from collections.abc import Sequence
from typing import Any

from arena.models import CountedVote
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.vote_categories import categories_of, replace_categories
from arena.scoring.vote_features import features_of


def reclassify_votes() -> None:
    """Store the features of every counted vote anew; a vote whose texts were erased keeps what it has.

    It takes a while: not for the holder of the board's lock.
    """
    last = 0
    columns = ("number", "pk", "vote__battle", "style")
    while chunk := list(CountedVote.objects.filter(number__gt=last).order_by("number").values_list(*columns)[:AT_ONCE]):
        last = chunk[-1][0]
        _reclassify(chunk)


def _reclassify(chunk: Sequence[tuple[Any, ...]]) -> None:
    """Store the features that have changed. chunk: number, pk, battle and style of some counted votes."""
    features = features_of([battle for _, _, battle, _ in chunk])
    known = categories_of([number for number, *_ in chunk])
    now = [(number, pk, style, features[battle]) for number, pk, battle, style in chunk if battle in features]
    styles = [CountedVote(pk=pk, style=new.style) for _, pk, style, new in now if new.style != bytes(style)]
    CountedVote.objects.bulk_update(styles, ["style"], batch_size=500)
    replace_categories(
        [(number, new.categories) for number, _, _, new in now if new.categories != known.get(number, ())]
    )
