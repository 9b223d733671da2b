"""Tag every counted vote by the rules of today."""

from arena.models import CountedVote
from arena.scoring.counted_votes import AT_ONCE, as_columns
from arena.scoring.vote_features import tags_of


def tag_anew() -> None:
    """A vote whose texts were erased keeps the tags that it has. It takes a while: not for the holder of the lock."""
    last = 0
    columns = ("number", "pk", "vote__battle", "categories", "style")
    while chunk := list(CountedVote.objects.filter(number__gt=last).order_by("number").values_list(*columns)[:AT_ONCE]):
        last = chunk[-1][0]
        tags = tags_of([battle for _, _, battle, _, _ in chunk])
        changed = []
        for _, pk, battle, categories, style in chunk:
            now = as_columns(tags[battle]) if battle in tags else (categories, bytes(style))
            if now != (categories, bytes(style)):
                changed.append(CountedVote(pk=pk, categories=now[0], style=now[1]))
        CountedVote.objects.bulk_update(changed, ["categories", "style"], batch_size=500)
