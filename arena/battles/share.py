"""Give out a read-only address of a conversation, and take it back."""

import secrets

from arena.models import Battle


def share_battle(battle: Battle) -> str:
    """The token of the address; the same one while the battle is shared."""
    Battle.objects.filter(pk=battle.pk, share_token__isnull=True).update(share_token=secrets.token_urlsafe(16))
    return Battle.objects.values_list("share_token", flat=True).get(pk=battle.pk) or ""


def unshare_battle(battle: Battle) -> None:
    """The address leads nowhere from now on; sharing again makes another one."""
    Battle.objects.filter(pk=battle.pk).update(share_token=None)
