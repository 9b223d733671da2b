"""Who may open which page of the console: each page asks one named permission of this app, and never `is_staff`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from arena.models.voters import MayDo

View = Callable[..., HttpResponse]
#: The pages in the order of the navigation: the name of the address, the title, and what it asks.
PAGES: tuple[tuple[str, Promise, MayDo], ...] = (
    ("console", _("Overview"), MayDo.OPERATE),
    ("console_entries", _("Entries"), MayDo.OPERATE),
    ("console_votes", _("Votes"), MayDo.REVIEW),
    ("console_prompts", _("Prompts"), MayDo.OPERATE),
    ("console_imports", _("Imports"), MayDo.OPERATE),
    ("console_exports", _("Exports"), MayDo.ANALYSE),
)


def asks(permission: MayDo) -> Callable[[View], View]:
    """Return a decorator: a visitor is sent to the log-in, and whoever lacks the permission reads how to get it."""

    def decorated(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("console_login"))
            if not may(request, permission):
                context = {"permission": permission} | frame(request)
                return render(request, "console/denied.html", context, status=403)
            return view(request, *args, **kwargs)

        return never_cache(asked)

    return decorated


def may(request: HttpRequest, permission: MayDo) -> bool:
    """Tell whether the account may do this; a superuser may do everything."""
    return request.user.has_perm(f"arena.{permission}")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what every page of the console shows around its own: the pages that this account may open."""
    return {"console_pages": [(name, title) for name, title, asked in PAGES if may(request, asked)]}


def first_page(request: HttpRequest) -> str:
    """Return the address of the first page that the account may open; the overview's, which says why, where none is."""
    pages = frame(request)["console_pages"]
    return reverse(pages[0][0] if pages else "console")
