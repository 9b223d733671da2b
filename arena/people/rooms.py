"""The pages of a room: a code is typed or followed, and whoever holds it joins without an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from arena.models import GroupMember, RatingSnapshot, VoterGroup
from arena.people.groups import join, room_of
from arena.people.tries import is_guessing
from arena.people.voters import known_voter, voter_of_browser


@require_safe
@never_cache
def enter_code(request: HttpRequest) -> HttpResponse:
    """Show the box for a code; with one in ?code=, lead to its room."""
    code = request.GET.get("code", "").strip()
    if code and (room := room_of(code, now=timezone.now())):
        return redirect("room", room.join_code)
    return _unknown(request, code) if code else render(request, "people/enter_code.html", {"code": code})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def room(request: HttpRequest, code: str) -> HttpResponse:
    """Show the room of this code, and let the visitor join it."""
    found = room_of(code, now=timezone.now())
    if found is None:
        return _unknown(request, code)
    if request.method == "POST":
        return _join(request, found)
    voter = known_voter(request)
    is_in = voter is not None and GroupMember.objects.filter(group=found, voter=voter, until=None).exists()
    has_board = found.category in RatingSnapshot.objects.categories_with_votes()
    return render(request, "people/room.html", {"room": found, "is_in": is_in, "has_board": has_board})


def _unknown(request: HttpRequest, code: str) -> HttpResponse:
    """Say that no open room has this code; a code is short, so that who tries many of them is held up."""
    status = 429 if is_guessing(request, "room") else 404
    return render(request, "people/enter_code.html", {"code": code}, status=status)


def _join(request: HttpRequest, room: VoterGroup) -> HttpResponse:
    response = redirect("room", room.join_code)
    join(room, voter_of_browser(request, response), now=timezone.now())
    return response
