"""The read-only link to a battle, which its voter gives out and takes back, and what it says where it is passed on."""

import secrets

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from arena.battles.blind import cards
from arena.battles.verdict import preferred_slot, verdict
from arena.charts.battle_picture import BattlePicture
from arena.conf.branding import arena_name
from arena.models import Battle
from arena.people.refusals import Refusal


class CannotShare(Refusal):
    """Something of the battle is withheld."""

    kind = "cannot-share"
    sentence = _lazy("This conversation cannot be shared: this arena withholds a part of it.")


def share_battle(battle: Battle) -> str:
    """Return the token of the link. It stays the same while the battle is shared. Raises CannotShare."""
    if battle.is_void:
        raise CannotShare
    Battle.objects.filter(pk=battle.pk, share_token__isnull=True).update(share_token=secrets.token_urlsafe(16))
    return Battle.objects.values_list("share_token", flat=True).get(pk=battle.pk) or ""


def unshare_battle(battle: Battle) -> None:
    """Let the link lead nowhere from now on. Sharing again makes another one."""
    Battle.objects.filter(pk=battle.pk).update(share_token=None)


def shared_description(battle: Battle) -> str:
    """Return what came of it in a sentence; it names nobody before the vote on a blind battle."""
    if battle.cast_vote:
        said = verdict(battle, battle.cast_vote)
        return _("%(verdict)s: which answer would you have chosen?") % {"verdict": said}
    if names := [card.name for card in cards(battle)]:
        return _("A conversation with %(names)s") % {"names": ", ".join(names)}
    return _("Two anonymous models answered this prompt. Which answer is better?")


def shared_picture(battle: Battle) -> BattlePicture:
    """Return what the picture of the link shows, in the Latin letters that it can draw."""
    vote = battle.cast_vote
    preferred = preferred_slot(vote) if vote else None
    # Every slug is plain.
    names = [card.name if card.name.isascii() else card.slug for card in cards(battle)]
    return BattlePicture(
        title=f"{arena_name()}: which answer is better?" if arena_name().isascii() else "A battle",
        facts=f"{battle.created:%-d %B %Y}",
        names=tuple(names) or ("Model A", "Model B"),
        preferred=battle.slots.index(preferred) if preferred else None,
    )
