"""Who has to sign in with a second factor, and the way to it: until it is set up nothing else opens."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import sync_and_async_middleware

from arena.people.accounts import opens_console
from arena.people.identity import is_by_proxy
from arena.people.voters import signed_in

OFF, ALL = "off", "all"


@sync_and_async_middleware
def asks_second_factor(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return middleware that leads whoever lacks a second factor, and needs one, to where it is set up."""
    if iscoroutinefunction(get_response):

        async def wait(request: HttpRequest) -> Any:
            if settings.SECOND_FACTOR == OFF:
                return await get_response(request)
            return await sync_to_async(_way_to_it)(request) or await get_response(request)

        return wait
    return lambda request: (settings.SECOND_FACTOR != OFF and _way_to_it(request)) or get_response(request)


def _way_to_it(request: HttpRequest) -> HttpResponse | None:
    is_on_the_way = request.path.startswith((reverse("account"), reverse("set_language")))
    account = None if is_on_the_way else signed_in(request)
    if account is None or not _needs_it(account) or is_by_proxy(request) or _has_it(account):
        return None
    return redirect("mfa_activate_totp")


def _needs_it(account: User) -> bool:
    return opens_console(account) or bool(settings.SECOND_FACTOR == ALL)


def _has_it(account: User) -> bool:
    return bool(Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).exists())
