"""What an operator does with a conversation: it holds from the next request on, and is kept as a decision."""

from datetime import datetime

from django.db import transaction

from arena.answers.moderate import take_down
from arena.models import Battle, DeskAction, DeskDecision, Turn, Vote, Withheld
from arena.votes.exclude import exclude_votes


def decide(battle: Battle, action: DeskAction, reason: str, *, by: str, now: datetime) -> DeskDecision:
    """Do this with the conversation, and return the decision. What is hidden has no link any more.

    What is to be erased is hidden first; whoever decides so erases its texts then.
    """
    with transaction.atomic():
        Battle.objects.select_for_update().get(pk=battle.pk)
        if action in (DeskAction.HIDE, DeskAction.ERASE):
            take_down(battle, now=now)
        elif action == DeskAction.UNSHARE:
            Battle.objects.filter(pk=battle.pk).update(share_token=None)
        elif action == DeskAction.VOID:
            _void(battle, reason, by=by, now=now)
        elif action == DeskAction.RESTORE:
            Turn.objects.filter(battle=battle, withheld=Withheld.TAKEN_DOWN).update(withheld=None, withheld_for=None)
        return DeskDecision.objects.create(battle=battle, action=action, reason=reason, by=by, at=now)


def _void(battle: Battle, reason: str, *, by: str, now: datetime) -> None:
    """Take the vote off the board; without one, close the battle, so that none comes."""
    votes = Vote.objects.filter(battle=battle)
    if not votes.exists():
        Battle.objects.filter(pk=battle.pk, left_at__isnull=True).update(left_at=now)
    exclude_votes(votes, reason=reason, by=by, now=now)
