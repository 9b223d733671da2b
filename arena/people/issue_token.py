"""Let a program in: a token and a voter of its own."""

from datetime import datetime

from django.db import transaction

from arena.models import ApiToken
from arena.people.tokens import new_token


class NameIsTaken(Exception):
    """Another token has this name, revoked or not."""


def issue_token(name: str, *, is_staff: bool = False, now: datetime) -> str:
    """The secret, which is nowhere else and never shown again. Raises NameIsTaken."""
    with transaction.atomic():
        if ApiToken.objects.filter(name=name).exists():
            raise NameIsTaken
        token, secret = new_token(name, is_staff=is_staff, now=now)
        token.voter.save()
        token.save()
    return secret
