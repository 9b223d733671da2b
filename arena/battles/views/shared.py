"""The read-only page of a conversation, and how its voter gives its link out and takes it back."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from arena.battles.blind import blind_battle, cards
from arena.battles.share import share_battle, shared_description, shared_picture, unshare_battle
from arena.battles.verdict import verdict
from arena.battles.views.battle import own_battle, refused
from arena.battles.views.refusals import refusals_shown_by
from arena.charts.battle_picture import battle_png
from arena.models import Battle


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the conversation, with names only where its voter may know them. Nothing can be done on this page."""
    battle = _shared_battle(token)
    cast = battle.cast_vote
    context = {
        "token": token,
        "battle": blind_battle(battle, now=timezone.now()),
        "begun": battle.created,
        "cards": cards(battle),
        "verdict": verdict(battle, cast) if cast else "",
        "description": shared_description(battle),
        # Another address once names are on it: whoever keeps pictures asks anew.
        "picture": request.build_absolute_uri(reverse("shared_picture", args=[token])) + ("?voted" if cast else ""),
    }
    return _for_those_who_have_the_link(render(request, "battles/shared.html", context))


@require_safe
@never_cache
def picture(request: HttpRequest, token: str) -> HttpResponse:
    """Return the image that the link carries where it is passed on."""
    drawn = battle_png(shared_picture(_shared_battle(token)))
    return _for_those_who_have_the_link(HttpResponse(drawn, "image/png"))


def _shared_battle(token: str) -> Battle:
    battle = Battle.objects.shared_at(token)
    if battle is None:
        raise Http404
    return battle


def _for_those_who_have_the_link(response: HttpResponse) -> HttpResponse:
    """The link is all that it takes to read this: it goes to no search engine, and to no site that is linked here."""
    response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex, nofollow", "no-referrer"
    return response


@require_POST
@refusals_shown_by(refused)
def share(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Give the battle a read-only link and show it on the battle's page."""
    share_battle(own_battle(request, battle_id))
    return redirect(f"{reverse('battle', args=[battle_id])}#share")


@require_POST
def unshare(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Take the read-only link back."""
    unshare_battle(own_battle(request, battle_id))
    return redirect(f"{reverse('battle', args=[battle_id])}#share")
