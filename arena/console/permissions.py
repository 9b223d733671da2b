"""Who may open which page of the console: each page asks one named permission of this app, and never `is_staff`."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from arena.models.voters import MayDo
from arena.people.permissions import View, may
from arena.people.permissions import asks as asks_account

#: The pages in the order of the navigation: the name of the address, the title, and what it asks.
PAGES: tuple[tuple[str, Promise, MayDo], ...] = (
    ("console", _("Overview"), MayDo.OPERATE),
    ("console_entries", _("Entries"), MayDo.OPERATE),
    ("console_votes", _("Votes"), MayDo.REVIEW),
    ("console_voters", _("Voters"), MayDo.REVIEW),
    ("console_reports", _("Reports"), MayDo.REVIEW),
    ("console_prompts", _("Prompts"), MayDo.OPERATE),
    ("console_imports", _("Imports"), MayDo.OPERATE),
    ("console_exports", _("Exports"), MayDo.ANALYSE),
    ("console_groups", _("Groups"), MayDo.OPERATE),
    ("console_face", _("This arena"), MayDo.OPERATE),
    ("console_people", _("People"), MayDo.OWN),
    ("console_invitations", _("Invitations"), MayDo.OWN),
    ("console_audit", _("Audit log"), MayDo.OWN),
    ("console_sign_in", _("Sign-in"), MayDo.OWN),
)


def asks(permission: MayDo) -> Callable[[View], View]:
    """Return a decorator: a visitor is sent to the log-in, and whoever lacks the permission reads how to get it."""
    return asks_account(permission, template="console/denied.html", around=frame)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the console shows around its own: the pages that this account may open."""
    return {"console_pages": [(name, title) for name, title, asked in PAGES if may(request, asked)]}


def first_page(request: HttpRequest) -> str:
    """Return the address of the first page that the account may open; the overview's, which says why, where none is."""
    pages = frame(request)["console_pages"]
    return reverse(pages[0][0] if pages else "console")
