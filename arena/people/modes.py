"""The access modes of an arena: who may come in at all."""

from enum import StrEnum

from django.conf import settings


class Access(StrEnum):
    """Everybody comes in, or whoever has an account or an invitation link, or accounts alone."""

    OPEN = "open"
    LINK = "link"
    SIGN_IN = "sign_in"


def is_open() -> bool:
    """Tell whether this arena lets everybody in."""
    return bool(settings.ACCESS == Access.OPEN)
