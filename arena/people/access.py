"""Who may read this arena and who may play: its access mode, decided here alike for pages, sockets and the API."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import PurePosixPath
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.decorators import sync_and_async_middleware

from arena.models.invitations import Opens
from arena.models.voters import MayDo
from arena.people.groups import is_in_open_room
from arena.people.invitations import invitation_of
from arena.people.modes import Access, is_open
from arena.people.permissions import may
from arena.people.tokens import is_from_reading_program
from arena.people.voters import known_voter

Response = TypeVar("Response", bound=HttpResponseBase)


@dataclass(frozen=True)
class Opened:
    """What stands open to whoever asks. can_play: battle and vote."""

    can_read: bool
    can_play: bool


ALL, NOTHING = Opened(can_read=True, can_play=True), Opened(can_read=False, can_play=False)

#: What is open where links let in: the pages on which a room's code is typed.
_ROOMS = {"enter_code", "room"}
#: What is open in every mode, by the names of its addresses: the ways in, and what their pages need. No other page is.
WAYS_IN = {"join", "console_login", "console_password", "set_language", "icon", "face_style", "face_logo"}
WAYS_IN |= {"account_login", "account_request_login_code", "account_confirm_login_code", "mfa_authenticate"}
WAYS_IN |= {"account_signup", "account_email_verification_sent", "account_inactive", "account_logout"}
WAYS_IN |= {"openid_connect_login", "openid_connect_callback", "socialaccount_signup"}
WAYS_IN |= {"socialaccount_login_cancelled", "socialaccount_login_error"}
#: What the API tells of itself. Its operations are for tokens: `arena/api/authentication.py` asks for them.
_API_PAGES = {"api:openapi-view", "api:openapi-json", "api:api-root"}
#: Where one plays. Whoever only reads may still look at own battles, take a link back and erase all.
PLAYING = {"home", "chat", "side_by_side", "recorded", "start"}
PLAYING |= {"follow_up", "again", "reasons", "go_on", "vote", "retry", "stop", "leave", "share"}


def opened_to(request: HttpRequest) -> Opened:
    """Return what stands open to whoever asks, by what holds at this moment."""
    if is_open():
        return ALL
    if request.user.is_authenticated:
        return Opened(can_read=True, can_play=may(request, MayDo.PLAY))
    return _opened_by_link(request, now=timezone.now()) if settings.ACCESS == Access.LINK else NOTHING


def _opened_by_link(request: HttpRequest, *, now: datetime) -> Opened:
    """Return what the browser's invitation opens, and a room's code all, for as long as the room is open."""
    invitation, voter = invitation_of(request, now=now), known_voter(request)
    if voter is not None and is_in_open_room(voter, now=now):
        return ALL
    return Opened(can_read=True, can_play=invitation.opens == Opens.PLAY) if invitation else NOTHING


def may_read_by_scope(scope: dict[str, Any]) -> bool:
    """Tell whether the browser behind this ASGI scope may read. Reads the database."""
    return opened_to(asker_of(scope)).can_read


def asker_of(scope: dict[str, Any]) -> HttpRequest:
    """Return a request that has the cookies and the account of an ASGI scope, and nothing else of it."""
    request = HttpRequest()
    request.COOKIES = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin-1"))
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    request.user = get_user(request)
    return request


@sync_and_async_middleware
def closed_to_strangers(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Return middleware that lets nobody past whom the access mode does not let in. An open arena asks nobody."""
    if iscoroutinefunction(get_response):

        async def wait(request: HttpRequest) -> HttpResponseBase:
            if is_open():
                return await get_response(request)  # type: ignore[no-any-return]
            return await sync_to_async(_refusal)(request) or _kept_private(await get_response(request))

        return wait

    def ask(request: HttpRequest) -> HttpResponseBase:
        if is_open():
            return get_response(request)  # type: ignore[no-any-return]
        return _refusal(request) or _kept_private(get_response(request))

    return ask


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Return the page for whoever may not open this address; None for whoever may."""
    name, opened = _name_of(request), opened_to(request)
    # For the frame of pages, which leads nobody to closed doors.
    request.is_outside, request.reads_only = not opened.can_read, not opened.can_play  # type: ignore[attr-defined]
    if name in WAYS_IN or (name in _ROOMS and settings.ACCESS == Access.LINK):
        return None
    if name.startswith("api:") and name not in _API_PAGES:
        return None
    if not opened.can_read and not (name in _API_PAGES and is_from_reading_program(request)):
        return _kept_private(_ask_to_come_in(request))
    if not opened.can_play and name in PLAYING:
        return _kept_private(_show_board_instead(request, name))
    return None


def _name_of(request: HttpRequest) -> str:
    """Return the name of the address; empty where there is none, so that it is as closed as any."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def _ask_to_come_in(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(f"{settings.BASE_PATH}api/") and not request.path.endswith("/docs"):
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
    is_page = request.method in {"GET", "HEAD"} and not PurePosixPath(request.path).suffix
    if settings.ACCESS == Access.SIGN_IN and is_page:
        return redirect_to_login(request.get_full_path())
    way_in = redirect_to_login(request.get_full_path() if is_page else reverse("home")).url
    context = {"by_link": settings.ACCESS == Access.LINK, "sign_in": way_in}
    return render(request, "people/closed.html", context, status=HTTPStatus.FORBIDDEN)


def _show_board_instead(request: HttpRequest, name: str) -> HttpResponse:
    """Lead whoever only reads from the start page to the board, and say why there is nothing to play elsewhere."""
    if name == "home" and request.method in {"GET", "HEAD"}:
        return redirect("leaderboard")
    return render(request, "people/reads_only.html", status=HTTPStatus.FORBIDDEN)


def _kept_private(response: Response) -> Response:
    """Let no cache between keep what was meant for one reader."""
    patch_cache_control(response, private=True)
    return response
