"""Leave a battle without a vote, so that a new one can begin."""

from datetime import datetime

from arena.models import Battle


def leave_battle(battle: Battle, *, now: datetime) -> None:
    """The battle is closed from now on. A battle that has a vote stays as it is."""
    Battle.objects.filter(pk=battle.pk, vote__isnull=True, left_at__isnull=True).update(left_at=now)
