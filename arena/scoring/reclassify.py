"""Tell the categories and the style of every counted vote again, by the rules of today."""

from collections.abc import Sequence
from typing import Any

from arena.models import CountedVote
from arena.scoring.counted_votes import AT_ONCE
from arena.scoring.vote_categories import categories_of, replace_categories
from arena.scoring.vote_features import features_of


def reclassify_votes() -> None:
    """A vote whose texts were erased keeps its features. It takes a while: not for the holder of the lock."""
    last = 0
    columns = ("number", "pk", "vote__battle", "style")
    while chunk := list(CountedVote.objects.filter(number__gt=last).order_by("number").values_list(*columns)[:AT_ONCE]):
        last = chunk[-1][0]
        _reclassify(chunk)


def _reclassify(chunk: Sequence[tuple[Any, ...]]) -> None:
    """chunk: number, pk, battle and style of some counted votes. What has not changed is not written."""
    features = features_of([battle for _, _, battle, _ in chunk])
    known = categories_of([number for number, *_ in chunk])
    now = [(number, pk, style, features[battle]) for number, pk, battle, style in chunk if battle in features]
    styles = [CountedVote(pk=pk, style=of_it.style) for _, pk, style, of_it in now if of_it.style != bytes(style)]
    CountedVote.objects.bulk_update(styles, ["style"], batch_size=500)
    replace_categories(
        [(number, of_it.categories) for number, _, _, of_it in now if of_it.categories != known.get(number, ())]
    )
