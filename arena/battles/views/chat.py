"""Conversations with models that the visitor chooses: two side by side, or one. Not blind, and kept off the board."""

import random
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arena.answers.conversation import TooLongForTheWindow
from arena.battles.begin import TooManyOpenBattles
from arena.battles.chat import CannotAnswer, choosable_entries, start_chat
from arena.battles.forms import CANNOT_ANSWER, ChatForm
from arena.battles.turns import QueueIsFull
from arena.battles.views.start import (
    PROMPT_TOO_LONG,
    busy_sentence,
    earlier_battle,
    start_and_redirect,
    with_retry_after,
)

rng = random.SystemRandom()


def chat(request: HttpRequest) -> HttpResponse:
    """The box with two choices of a model; sent, the page of the conversation, or the box with all kept."""
    if request.method != "POST":
        return _page(request, _of_an_earlier_chat(request))
    form = ChatForm(request.POST)
    kept = {name: request.POST.get(name, "") for name in ("prompt", "model", "rival")}
    if not form.is_valid():
        error = next(iter(form.errors.values()))[0]
        return _page(request, kept, error=error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return _start(request, form)
    except TooLongForTheWindow:
        return _page(request, kept, error=PROMPT_TOO_LONG, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except CannotAnswer:
        return _page(request, kept, error=CANNOT_ANSWER, status=HTTPStatus.SERVICE_UNAVAILABLE)
    except TooManyOpenBattles as limit:
        page = _page(request, kept, busy=limit.battles, status=HTTPStatus.TOO_MANY_REQUESTS)
        return with_retry_after(page, limit.retry_after)
    except QueueIsFull as full:
        page = _page(request, kept, error=busy_sentence(), status=HTTPStatus.TOO_MANY_REQUESTS)
        return with_retry_after(page, full.retry_after)


def _start(request: HttpRequest, form: ChatForm) -> HttpResponse:
    text = form.cleaned_data["prompt"]
    return start_and_redirect(
        request, partial(start_chat, entries=form.entries, user_text=text, rng=rng, now=timezone.now())
    )


def _page(request: HttpRequest, kept: dict[str, str], *, status: int = 200, **context: Any) -> HttpResponse:
    context = (
        {"prompt": "", "model": "", "rival": "", "idempotency_key": uuid4(), "entries": choosable_entries()}
        | kept
        | context
    )
    return render(request, "battles/chat.html", context, status=status)


def _of_an_earlier_chat(request: HttpRequest) -> dict[str, str]:
    """What the address asks for: models by their slugs, and with ?again= all of an own conversation."""
    asked = {name: request.GET.get(name, "") for name in ("model", "rival")}
    own = earlier_battle(request)
    if own is None or own.is_blind:
        return asked
    names = dict(zip(("model", "rival"), (own.entry(slot).slug for slot in own.slots), strict=False))
    return {**names, "prompt": own.all_turns[-1].user_text}
