"""The roles of an arena: named bundles of permissions. What an account may do is always asked of its permissions."""

from datetime import datetime

from django.contrib.auth.models import AbstractUser, User
from django.utils.translation import gettext_lazy as _

from arena.models import Invitation
from arena.models.voters import MayDo

#: From the smallest to the largest; each names what it may do.
ROLES = {
    "voter": (MayDo.PLAY,),
    "reviewer": (MayDo.PLAY, MayDo.REVIEW),
    "analyst": (MayDo.PLAY, MayDo.ANALYSE),
    "operator": (MayDo.PLAY, MayDo.REVIEW, MayDo.ANALYSE, MayDo.OPERATE),
    "owner": (MayDo.PLAY, MayDo.REVIEW, MayDo.ANALYSE, MayDo.OPERATE, MayDo.OWN),
}
OWNER = "owner"
TITLES = {
    "voter": _("voter: battles and votes"),
    "reviewer": _("reviewer: excludes and restores votes too"),
    "analyst": _("analyst: takes votes and boards out too"),
    "operator": _("operator: all of this, and runs the arena"),
    "owner": _("owner: all, and decides who may do what"),
}
#: Who asks for accounts by their permissions or signs one in names it, as there may be other ways to sign in.
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def role_of(account: AbstractUser) -> str:
    """Return the largest role whose permissions the account all has; empty where there is none."""
    held = [role for role, bundle in ROLES.items() if all(account.has_perm(f"arena.{each}") for each in bundle)]
    return held[-1] if held else ""


def has_owner(now: datetime) -> bool:
    """Tell whether somebody decides who comes in, or can begin to by an invitation that is outstanding."""
    permission = f"arena.{MayDo.OWN}"
    return (
        User.objects.with_perm(permission, backend=MODEL_BACKEND).exists()
        or Invitation.objects.outstanding(now).filter(role=OWNER).exists()
    )
