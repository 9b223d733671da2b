"""Pages that ask an account for one named permission, and never `is_staff`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from arena.models.voters import MayDo

View = Callable[..., HttpResponse]
Context = Callable[[HttpRequest], dict[str, Any]]


def asks(
    permission: MayDo, *, template: str = "people/denied.html", around: Context = lambda request: {}
) -> Callable[[View], View]:
    """Return a decorator: a visitor is sent to the log-in, and whoever lacks the permission reads how to get it.

    template: what the latter sees. around: what that template shows besides.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            if not may(request, permission):
                return render(request, template, {"permission": permission} | around(request), status=403)
            return view(request, *args, **kwargs)

        return never_cache(asked)

    return decorated


def may(request: HttpRequest, permission: MayDo) -> bool:
    """Tell whether the account may do this; a superuser may do everything."""
    return request.user.has_perm(f"arena.{permission}")
