"""How large a request may be: small ones from everybody, whole files from accounts that may bring them in."""

from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.urls import reverse

from arena.models.voters import MayDo
from arena.people.access import asker_of
from arena.people.permissions import may

MB = 1_000_000
#: What a form has besides its file.
_FIELDS_BYTES = 64 * 1024


def most_bytes() -> int:
    """Return how large a request with a file may be."""
    return int(settings.UPLOAD_MB) * MB + _FIELDS_BYTES


async def upload_bytes(scope: Any) -> int:
    """Return how much of this request's body may be read as a file; 0 for what is no form of files.

    It is asked before the body lies on the disk: nobody else fills that, nor does a file that is refused in any case.
    """
    length = dict(scope["headers"]).get(b"content-length", b"").decode("latin-1")
    if scope["method"] != "POST" or scope["path"] not in _forms() or int(length or 0) > most_bytes():
        return 0
    is_allowed = await database_sync_to_async(_may_send)(scope)
    return most_bytes() if is_allowed else 0


def _forms() -> tuple[str, ...]:
    return reverse("console_imports"), reverse("console_prompts"), reverse("console_face")


def _may_send(scope: Any) -> bool:
    """Tell whether the account that has logged in in this browser may bring files in."""
    return may(asker_of(scope), MayDo.OPERATE)
