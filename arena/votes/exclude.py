"""Say why a vote counts less or not at all. The vote itself stays as it was cast."""

from datetime import datetime
from typing import Any

from django.db import transaction

from arena.models import Vote, VoteExclusion
from arena.votes.policy import put_on_board


def exclude_vote(
    vote: Vote,
    *,
    rule: str,
    by: str,
    now: datetime,
    weight: float = 0.0,
    rule_version: str = "1",
    evidence: dict[str, Any] | None = None,
) -> VoteExclusion:
    """The new exclusion, which holds from the next board on. weight 1 lifts an earlier one."""
    with transaction.atomic():
        exclusion = VoteExclusion.objects.create(
            vote=vote,
            rule=rule,
            rule_version=rule_version,
            weight=weight,
            evidence=evidence or {},
            by=by,
            at=now,
        )
        put_on_board(vote)
    return exclusion
