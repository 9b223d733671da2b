"""People whom a proxy in front knows: it names them in a header, and is believed where its address is trusted."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.decorators import sync_and_async_middleware

from arena.people.addresses import comes_through_proxy
from arena.people.sign_in import sign_in
from arena.people.sign_up import let_play
from arena.people.voters import signed_in

_BY_PROXY = "signed_in_by_proxy"


@sync_and_async_middleware
def known_by_proxy(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return middleware that signs in whom the proxy names, and signs them out when it names them no more."""
    if iscoroutinefunction(get_response):

        async def wait(request: HttpRequest) -> Any:
            if settings.IDENTITY_HEADER:
                await sync_to_async(_follow)(request)
            return await get_response(request)

        return wait

    def follow(request: HttpRequest) -> Any:
        if settings.IDENTITY_HEADER:
            _follow(request)
        return get_response(request)

    return follow


def is_by_proxy(request: HttpRequest) -> bool:
    """Tell whether the proxy vouches for whoever is signed in: it asked for all that was to be asked."""
    return bool(request.session.get(_BY_PROXY))


def _follow(request: HttpRequest) -> None:
    name = _named(request)
    account = signed_in(request)
    if account is not None and is_by_proxy(request) and account.get_username().casefold() != name.casefold():
        logout(request)
        account = None
    if account is None and name:
        _sign_in(request, name)


def _named(request: HttpRequest) -> str:
    """Return whom the proxy names; nobody's word but that of a proxy that is trusted counts."""
    if not comes_through_proxy(request):
        return ""
    return request.headers.get(settings.IDENTITY_HEADER, "").strip()[:150]


def _sign_in(request: HttpRequest, name: str) -> None:
    account = User.objects.filter(username__iexact=name).first()
    if account is None:
        account = User.objects.create_user(name)
        let_play(account)
    if account.is_active:
        sign_in(request, account)
        request.session[_BY_PROXY] = True
