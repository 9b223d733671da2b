"""Conversations with models that the visitor chooses: two side by side, or one. Not blind, and kept off the board."""

import random
from functools import partial
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arena.battles.begin import TooManyOpenBattles
from arena.battles.chat import choosable_entries, start_chat
from arena.battles.forms import ChatForm, checked
from arena.battles.views.refusals import refusals_shown_by
from arena.battles.views.start import earlier_battle, start_and_redirect
from arena.people.refusals import Refusal

rng = random.SystemRandom()


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The box with all kept: a sentence, or word of the answers that are still being written."""
    kept = {name: request.POST.get(name, "") for name in ("prompt", "model", "rival")}
    if isinstance(refusal, TooManyOpenBattles):
        return _page(request, kept, busy=refusal.battles)
    return _page(request, kept, error=refusal.sentence)


@refusals_shown_by(_refused)
def chat(request: HttpRequest) -> HttpResponse:
    """The box with two choices of a model; sent, the page of the conversation, or the box with all kept."""
    if request.method != "POST":
        return _page(request, _of_an_earlier_chat(request))
    form = ChatForm(request.POST)
    text = checked(form)["prompt"]
    start = partial(start_chat, entries=form.entries, user_text=text, rng=rng, now=timezone.now())
    return start_and_redirect(request, start)


def _page(request: HttpRequest, kept: dict[str, str], **context: Any) -> HttpResponse:
    context = (
        {"prompt": "", "model": "", "rival": "", "idempotency_key": uuid4(), "entries": choosable_entries()}
        | kept
        | context
    )
    return render(request, "battles/chat.html", context)


def _of_an_earlier_chat(request: HttpRequest) -> dict[str, str]:
    """What the address asks for: models by their slugs, and with ?again= all of an own conversation."""
    asked = {name: request.GET.get(name, "") for name in ("model", "rival")}
    own = earlier_battle(request)
    if own is None or own.is_blind:
        return asked
    names = dict(zip(("model", "rival"), (own.entry(slot).slug for slot in own.slots), strict=False))
    return {**names, "prompt": own.all_turns[-1].user_text}
