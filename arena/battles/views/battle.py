"""A voter's own battle: its page, follow-up prompts, the vote and the ways out."""

import random
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from arena.answers.conversation import TooLongForTheWindow
from arena.battles.answer_again import answer_again
from arena.battles.blind import blind_battle, cards, reveal
from arena.battles.continue_battle import CannotContinue, continue_battle
from arena.battles.forms import PromptForm, ReasonsForm, VoteForm
from arena.battles.leave import leave_battle
from arena.battles.retry import retry_answer
from arena.battles.stop import CannotStop, stop_answers
from arena.battles.turns import QueueIsFull
from arena.battles.views.start import PROMPT_TOO_LONG, busy_sentence, with_retry_after
from arena.models import Answer, Battle, Choice, ReasonTag
from arena.models.answers import AnswerState
from arena.people.voters import known_voter
from arena.votes.cast import CannotVote, VotedOtherwise, cast_vote
from arena.votes.reasons import give_reasons

rng = random.SystemRandom()


@require_safe
@never_cache
def battle(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    return _page(request, own_battle(request, battle_id))


@require_safe
@never_cache
def queue(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """The line about waiting answers, for the page to show it anew."""
    waiting = _waiting_before(own_battle(request, battle_id))
    return render(request, "battles/_queue.html", {"waiting_before": waiting})


@require_POST
def follow_up(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """A further prompt to both models."""
    own, form = own_battle(request, battle_id), PromptForm(request.POST)
    text = request.POST.get("prompt", "")
    if not form.is_valid():
        return _page(request, own, prompt=text, error=form.errors["prompt"][0], status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        turn = continue_battle(own, form.cleaned_data["prompt"], number=_number(request), rng=rng, now=timezone.now())
    except TooLongForTheWindow:
        return _page(request, own, prompt=text, error=PROMPT_TOO_LONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except QueueIsFull as full:
        busy = _page(request, own, prompt=text, error=busy_sentence(), status=HTTPStatus.TOO_MANY_REQUESTS)
        return with_retry_after(busy, full.retry_after)
    except CannotContinue:
        error = _("This battle cannot go on. Your text is kept: copy it into a new battle.")
        return _page(request, own, prompt=text, error=error, status=HTTPStatus.CONFLICT)
    return redirect(f"{reverse('battle', args=[battle_id])}#turn-{turn.number}")


@require_POST
def again(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Other answers of the same two to the last prompt."""
    own = own_battle(request, battle_id)
    try:
        turn = answer_again(own, number=_number(request), rng=rng, now=timezone.now())
    except QueueIsFull as full:
        busy = _page(request, own, problem=busy_sentence(), status=HTTPStatus.TOO_MANY_REQUESTS)
        return with_retry_after(busy, full.retry_after)
    except CannotContinue:
        error = _("This battle takes no further answers. Vote, or start a new one.")
        return _page(request, own, problem=error, status=HTTPStatus.CONFLICT)
    return redirect(f"{reverse('battle', args=[battle_id])}#turn-{turn.number}")


@require_POST
@never_cache
def vote(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """The reply is the reveal."""
    own, form = own_battle(request, battle_id), VoteForm(request.POST)
    if not form.is_valid():
        error = _("This is not a choice. Choose one of the four buttons.")
        return _page(request, own, problem=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        cast_vote(own, Choice(form.cleaned_data["choice"]), now=timezone.now())
    except VotedOtherwise:
        error = _("You have voted on this battle already. Your first vote stands.")
        return _page(request, own_battle(request, battle_id), problem=error, status=HTTPStatus.CONFLICT)
    except CannotVote:
        return _page(request, own, problem=_why_no_vote(own), status=HTTPStatus.CONFLICT)
    return _page(request, own_battle(request, battle_id))


@require_POST
@never_cache
def reasons(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Why the voter chose; only after the vote, with the names in sight."""
    own, form = own_battle(request, battle_id), ReasonsForm(request.POST)
    cast = own.cast_vote
    if cast is None:
        return _page(request, own, problem=_("Vote first, and say why afterwards."), status=HTTPStatus.CONFLICT)
    if not form.is_valid():
        error = next(iter(form.errors.values()))[0]
        return _page(request, own, problem=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    give_reasons(cast, {"a": said["tags_a"], "b": said["tags_b"]}, said["comment"], now=timezone.now())
    return _page(request, own, has_given_reasons=True)


@require_POST
def retry(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Start the lost sides anew; where that cannot be, a new battle with the prompt kept."""
    own, now = own_battle(request, battle_id), timezone.now()
    if own.lost_answers and not own.may_be_retried(now):
        return redirect(f"{_beginning(own)}?again={battle_id}")
    for answer in own.lost_answers:
        retry_answer(answer, now=now)
    return redirect("battle", battle_id)


@require_POST
def stop(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Stop what is being written; the page shows what there is."""
    own = own_battle(request, battle_id)
    try:
        stop_answers(own, now=timezone.now())
    except CannotStop:
        error = _("The answers cannot be stopped right now. They go on; try again in a moment.")
        return _page(request, own, problem=error, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return redirect("battle", battle_id)


@require_POST
def leave(request: HttpRequest, battle_id: UUID) -> HttpResponse:
    """Close the battle without a vote and go to where a new one begins."""
    own = own_battle(request, battle_id)
    leave_battle(own, now=timezone.now())
    return redirect(_beginning(own))


def _beginning(own: Battle) -> str:
    return reverse("home" if own.is_blind else "chat")


def _number(request: HttpRequest) -> int | None:
    """The turn that the page meant to add, so that a request that comes twice adds one."""
    number = request.POST.get("turn", "")
    return int(number) if number.isdecimal() and len(number) < 5 else None


def own_battle(request: HttpRequest, battle_id: UUID) -> Battle:
    """The battle with its rows. Another's battle is as unknown as one that does not exist."""
    own = Battle.objects.of(known_voter(request)).with_rows().filter(pk=battle_id).first()
    if own is None:
        raise Http404
    return own


def _page(request: HttpRequest, own: Battle, *, status: int = 200, **context: Any) -> HttpResponse:
    cast = own.cast_vote
    context |= {
        "battle": blind_battle(own, now=timezone.now()),
        "cards": cards(own),
        "beginning": _beginning(own),
        "shared_at": request.build_absolute_uri(reverse("shared", args=[own.share_token])) if own.share_token else "",
        "reveal": reveal(own, cast) if cast else None,
        "choices": Choice.choices,
        "waiting_before": _waiting_before(own),
        "error": context.get("error", ""),
        "problem": context.get("problem", ""),
        "prompt": context.get("prompt", ""),
        "tags": ReasonTag.choices if cast else (),
        "has_given_reasons": context.get("has_given_reasons") or (cast is not None and cast.has_reasons),
    }
    return render(request, "battles/battle.html", context, status=status)


def _waiting_before(own: Battle) -> int:
    """How many answers stand before this battle's in the queue: the longer wait of its two sides."""
    answers = own.all_turns[-1].answers.all()
    pending = [answer for answer in answers if answer.state == AnswerState.PENDING]
    return max((Answer.objects.count_waiting_before(answer) for answer in pending), default=0)


def _why_no_vote(own: Battle) -> str:
    if not own.is_open(timezone.now()):
        return _("This battle is closed. Start a new one to vote.")
    return _("Both answers have to be complete before you vote.")
