"""The groups whose boards a vote is on: those that its voter was in when it was cast."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from arena.models import GroupMember
from arena.models.groups import GROUP
from arena.scoring.counted_votes import PendingRow
from arena.scoring.vote_categories import Keys


def groups_of(votes: Sequence[PendingRow]) -> dict[int, Keys]:
    """Return the categories of the groups that each vote's voter was in when it was cast, by the vote's pk."""
    members: defaultdict[UUID, list[GroupMember]] = defaultdict(list)
    for member in GroupMember.objects.filter(voter__in={vote.voter for vote in votes}).select_related("group"):
        members[member.voter_id].append(member)
    return {
        vote.id: tuple(sorted({each.group.category for each in members[vote.voter] if each.was_in(vote.cast_at)}))
        for vote in votes
    }


def of_groups(keys: Keys) -> Keys:
    """Return those of these categories that are of groups: they come from no text, so that no rule finds them again."""
    return tuple(key for key in keys if key.startswith(GROUP))
