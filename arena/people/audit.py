"""The audit log: each sign-in, look and change of somebody with a right leaves one line here."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest
from django.utils import timezone

from arena.models import AuditEntry
from arena.models.audit import Action
from arena.people.roles import role_of


def record(
    request: HttpRequest | None, action: Action, subject: str = "", *, actor: AbstractUser | None = None, **details: Any
) -> None:
    """Write one line of who did or saw what. request: of whoever does it; None on this machine's command line.

    subject: what it was done to, in a few words, and never who a voter is. actor: who does it, where that is not the
    request's account. details: what fits into JSON.
    """
    account = actor or getattr(request, "user", None)
    known = account if isinstance(account, AbstractUser) else None
    AuditEntry.objects.create(
        at=timezone.now(),
        actor=known.get_username() if known else "",
        account_id=known.pk if known else None,
        role=role_of(known) if known else "",
        action=action,
        subject=subject[:200],
        details=details,
    )


def days_kept() -> int:
    """Return for how many days lines are kept; 0 where they are kept for good."""
    return int(settings.AUDIT_DAYS)


def drop_old_entries(*, now: datetime) -> int:
    """Drop what is older than the arena keeps it, and return how many lines that were."""
    return AuditEntry.objects.drop_before(now - timedelta(days=days_kept())) if days_kept() else 0
