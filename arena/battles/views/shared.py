"""The read-only page of a conversation, and how its voter gives its address out and takes it back."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from arena.battles.blind import blind_battle, cards
from arena.battles.share import share_battle, unshare_battle
from arena.battles.verdict import verdict
from arena.battles.views.battle import own_battle
from arena.models import Battle


@require_safe
@never_cache
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """Show the conversation, with names only where its voter may know them. Nothing can be done on this page."""
    battle = Battle.objects.with_rows().filter(share_token=token).first()
    if battle is None:
        raise Http404
    cast = battle.cast_vote
    context = {
        "battle": blind_battle(battle, now=timezone.now()),
        "cards": cards(battle),
        "verdict": verdict(battle, cast) if cast else "",
    }
    response = render(request, "battles/shared.html", context)
    # The address is all that it takes to read this: it goes to no search engine, and to no site that is linked here.
    response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex, nofollow", "no-referrer"
    return response


@require_POST
def share(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Give the battle a read-only address and show it on the battle's page."""
    share_battle(own_battle(request, battle_id))
    return redirect(f"{reverse('battle', args=[battle_id])}#share")


@require_POST
def unshare(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Take the read-only address back."""
    unshare_battle(own_battle(request, battle_id))
    return redirect(f"{reverse('battle', args=[battle_id])}#share")
