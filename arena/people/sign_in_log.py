"""Write sign-ins into the audit log, whichever way somebody signs in."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from arena.models.audit import Action
from arena.people.audit import record


@receiver(user_logged_in)
def note_sign_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    """Note who came in."""
    record(request, Action.SIGNED_IN, actor=user)


@receiver(user_logged_out)
def note_sign_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    """Note who went; nobody, where the session had ended before."""
    if user is not None:
        record(request, Action.SIGNED_OUT, actor=user)


@receiver(user_login_failed)
def note_refusal(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Note for which account somebody was refused. A name that no account has may be a password typed too early."""
    name = str(credentials.get("username", ""))
    known = User.objects.filter(username__iexact=name).values_list("username", flat=True).first()
    record(None, Action.SIGN_IN_REFUSED, known or "")
