"""Leave a battle without a vote, so that a new one can begin."""

from datetime import datetime

from django.db import transaction

from arena.models import Battle


def leave_battle(battle: Battle, *, now: datetime) -> None:
    """The battle is closed from now on. A battle that has a vote stays as it is."""
    with transaction.atomic():
        # First the lock: the vote that another request is casting is there, or finds the battle left.
        Battle.objects.select_for_update().get(pk=battle.pk)
        Battle.objects.filter(pk=battle.pk, vote__isnull=True, left_at__isnull=True).update(left_at=now)
