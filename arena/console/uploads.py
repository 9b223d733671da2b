"""How large a request may be: small ones from everybody, whole files from accounts that may bring them in."""

from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest, parse_cookie
from django.urls import reverse

from arena.models.voters import MayDo
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
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    length = headers.get(b"content-length", "")
    if scope["method"] != "POST" or scope["path"] not in _forms() or int(length or 0) > most_bytes():
        return 0
    is_allowed = await database_sync_to_async(_may_send)(headers.get(b"cookie", ""))
    return most_bytes() if is_allowed else 0


def _forms() -> tuple[str, ...]:
    return reverse("console_imports"), reverse("console_prompts")


def _may_send(cookies: str) -> bool:
    """Tell whether the account that has logged in with these cookies may bring files in."""
    request = HttpRequest()
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    request.user = get_user(request)
    return may(request, MayDo.OPERATE)
