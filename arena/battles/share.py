"""The read-only address of a battle, which its voter gives out and takes back."""

import secrets

from arena.models import Battle


def share_battle(battle: Battle) -> str:
    """Return the token of the address. It stays the same while the battle is shared."""
    Battle.objects.filter(pk=battle.pk, share_token__isnull=True).update(share_token=secrets.token_urlsafe(16))
    return Battle.objects.values_list("share_token", flat=True).get(pk=battle.pk) or ""


def unshare_battle(battle: Battle) -> None:
    """Let the address lead nowhere from now on. Sharing again makes another one."""
    Battle.objects.filter(pk=battle.pk).update(share_token=None)
