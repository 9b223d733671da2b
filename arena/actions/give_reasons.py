"""Keep why a voter chose. It is said after the reveal, so it never touches a rating."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from arena.models import Tag, Vote, VoteComment, Voter, VoteReason


def give_reasons(vote: Vote, tags: Mapping[str, Collection[Tag]], comment: str, *, now: datetime) -> None:
    """Store them. Said again, tags that are new are added, and the first comment stands. Of a
    voter who was forgotten meanwhile no comment is kept.

    tags: of each slot.
    """
    with transaction.atomic():
        for slot, said in tags.items():
            for tag in said:
                VoteReason.objects.get_or_create(vote=vote, slot=slot, tag=tag, defaults={"at": now})
        voter = Voter.objects.select_for_update().get(pk=vote.voter_id)
        if comment and voter.erased_at is None:
            VoteComment.objects.get_or_create(vote=vote, defaults={"text": comment, "at": now})
