"""The pages of a voter's own battle: what is written, follow-up prompts, the vote and how to end it."""

import random
import re
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from arena.battles.answer_again import answer_again, retry_answer
from arena.battles.blind import blind_battle, cards, progress, reveal
from arena.battles.continue_battle import continue_battle
from arena.battles.forms import PromptForm, ReasonsForm, VoteForm, checked, checked_prompt, may_send_anyway
from arena.battles.stop import leave_battle, stop_answers
from arena.battles.views.refusals import refusals_shown_by
from arena.conf.pages import socket_address
from arena.models import Battle, Choice
from arena.models.battles import BattleQuerySet
from arena.people.refusals import Refusal
from arena.people.voters import voters_of
from arena.votes.cast import cast_vote_on
from arena.votes.reasons import VoteFirst, give_reasons, offered_reasons

_INDENTATION = re.compile(r"\s*\n\s*")
#: What the page's script sends along.
PART_HEADER = "X-Requested-With"

rng = random.SystemRandom()


@require_safe
@never_cache
def battle(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Show the battle, without names before its vote."""
    return _page(request, own_battle(request, battle_id))


@require_safe
@never_cache
def queue(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Show the line about waiting answers, which the page asks for again and again."""
    waiting = progress(own_battle(request, battle_id), now=timezone.now())
    return render(request, "battles/_queue.html", {"progress": waiting})


@require_safe
@never_cache
def markdown(request: HttpRequest, battle_id: UUID, turn: int, slot: str) -> HttpResponse:
    """Return a finished answer as its model wrote it, to be copied."""
    shown = blind_battle(own_battle(request, battle_id), now=timezone.now())
    turns = [each for active in shown.turns for each in (active, *active.earlier)]
    answers = (answer for each in turns if each.number == turn for answer in each.answers if answer.slot == slot)
    if not (text := "".join(answer.markdown for answer in answers)):
        raise Http404
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def refused(request: HttpRequest, refusal: Refusal, battle_id: UUID) -> HttpResponse:
    """Show the battle with the sentence of the refusal.

    It stands beside the prompt where one was sent, which is kept, and above the vote otherwise.
    """
    own = own_battle(request, battle_id)
    if "prompt" in request.POST:
        kept = {"prompt": request.POST["prompt"], "may_send_anyway": may_send_anyway(refusal)}
        return _page(request, own, error=refusal.sentence, **kept)
    if "comment" in request.POST:
        return _page(request, own, problem=refusal.sentence, **_reasons_kept(request))
    return _page(request, own, problem=refusal.sentence)


def _reasons_kept(request: HttpRequest) -> dict[str, Any]:
    ticked = {f"{slot} {tag}" for slot in "ab" for tag in request.POST.getlist(f"tags_{slot}")}
    return {"ticked": ticked, "comment": request.POST["comment"]}


@require_POST
@refusals_shown_by(refused)
def follow_up(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Send a further prompt to both models and go to its turn."""
    own, text = own_battle(request, battle_id), checked_prompt(PromptForm(request.POST))
    turn = continue_battle(own, text, number=_number(request), rng=rng, now=timezone.now())
    return _go_on(request, battle_id, turn.number)


@require_POST
@refusals_shown_by(refused)
def again(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Ask both models for other answers to the last prompt and go to their turn."""
    turn = answer_again(own_battle(request, battle_id), number=_number(request), rng=rng, now=timezone.now())
    return _go_on(request, battle_id, turn.number)


def _go_on(request: HttpRequest, battle_id: UUID, turn: int) -> HttpResponse:
    """Return the new turn to a page that is open, and go to it otherwise."""
    if _wants_part(request):
        return _page(request, own_battle(request, battle_id), fresh=turn)
    return redirect(f"{reverse('battle', args=[battle_id])}#turn-{turn}")


@require_POST
@never_cache
@gzip_page
@refusals_shown_by(refused)
def vote(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Cast the vote and show the battle again, now with the names: the reply is the reveal."""
    choice, now = Choice(checked(VoteForm(request.POST))["choice"]), timezone.now()
    try:
        cast = cast_vote_on(_battles_of(request), battle_id, choice=choice, now=now)
    except Battle.DoesNotExist as error:
        raise Http404 from error
    return _page(request, cast.battle, has_given_reasons=cast.cast_at != now and cast.has_reasons)


@require_POST
@never_cache
@refusals_shown_by(refused)
def reasons(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Keep why the voter chose; only after the vote, with the names in sight."""
    own = own_battle(request, battle_id)
    if own.cast_vote is None:
        raise VoteFirst
    given = checked(ReasonsForm(request.POST))
    give_reasons(own.cast_vote, {"a": given["tags_a"], "b": given["tags_b"]}, given["comment"], now=timezone.now())
    return _page(request, own, has_given_reasons=True)


@require_POST
def retry(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Start the lost sides anew where their names are known; else go to where a battle begins, with the prompt kept."""
    own, now = own_battle(request, battle_id), timezone.now()
    if own.lost_answers and (own.is_blind or not own.may_be_retried(now)):
        return redirect(f"{_beginning(own)}?again={battle_id}")
    for answer in own.lost_answers:
        retry_answer(answer, now=now)
    return redirect("battle", battle_id)


@require_POST
@refusals_shown_by(refused)
def stop(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Stop the answers that are being written. The page shows what there is of them."""
    stop_answers(own_battle(request, battle_id), now=timezone.now())
    # A page that is open hears over its socket where both stopped.
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if _wants_part(request) else redirect("battle", battle_id)


@require_POST
def leave(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Close the battle without a vote and go to where a new one begins."""
    own = own_battle(request, battle_id)
    leave_battle(own, now=timezone.now())
    return redirect(_beginning(own))


def _beginning(own: Battle) -> str:
    if own.is_blind:
        return reverse("home")
    return reverse("side_by_side" if len(own.slots) > 1 else "chat")


def _number(request: HttpRequest) -> int | None:
    """Return the number of the turn that the page meant to add, so that a request that comes twice adds one."""
    number = request.POST.get("turn", "")
    return int(number) if number.isdecimal() and len(number) < 5 else None


def own_battle(request: HttpRequest, battle_id: UUID) -> Battle:
    """Return the visitor's own battle with its rows.

    Another's battle is as unknown as one that does not exist. Raises Http404.
    """
    own = _battles_of(request).with_rows().filter(pk=battle_id).first()
    if own is None:
        raise Http404
    return own


def _battles_of(request: HttpRequest) -> BattleQuerySet:
    return Battle.objects.filter(voter__in=voters_of(request))


def _page(request: HttpRequest, own: Battle, **context: Any) -> HttpResponse:
    cast = own.cast_vote
    context |= {
        "battle": blind_battle(own, now=timezone.now()),
        "cards": cards(own),
        "socket": socket_address("battle_socket", own.pk),
        "beginning": _beginning(own),
        "shared_at": request.build_absolute_uri(reverse("shared", args=[own.share_token])) if own.share_token else "",
        "reveal": reveal(own, cast) if cast else None,
        "choices": Choice.choices,
        "progress": progress(own, now=timezone.now()),
        "error": context.get("error", ""),
        "problem": context.get("problem", ""),
        "prompt": context.get("prompt", ""),
        "fresh": context.get("fresh"),
        "tags": offered_reasons() if cast else (),
    }
    if "has_given_reasons" not in context:
        context["has_given_reasons"] = cast is not None and cast.has_reasons
    response = _part(request, context) if _wants_part(request) else render(request, "battles/battle.html", context)
    patch_vary_headers(response, [PART_HEADER])
    return response


def _part(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Return what has changed of the page, without the indentation of its templates where nothing typed is in it."""
    html = render_to_string("battles/_fragment.html", context, request)
    return HttpResponse(html if context["fresh"] or context["prompt"] else _INDENTATION.sub("\n", html))


def _wants_part(request: HttpRequest) -> bool:
    """Tell whether a script of the page asks: it has the page, and needs only what has changed."""
    return request.headers.get(PART_HEADER) == "fetch"
