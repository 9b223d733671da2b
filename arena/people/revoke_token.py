"""Let a program in no more. Its battles and votes stay."""

from datetime import datetime

from arena.models import ApiToken


def revoke_token(token: ApiToken, *, now: datetime) -> bool:
    """Whether it was valid before."""
    return bool(ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now))
