"""The page of conversations with chosen models: two side by side, or one. Not blind, and kept off the board."""

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
    """Show the box with all kept and the sentence, or which conversations are still being answered."""
    fields = {name: request.POST.get(name, "") for name in ("prompt", "model", "rival")}
    if isinstance(refusal, TooManyOpenBattles):
        return _page(request, fields, busy=refusal.battles)
    return _page(request, fields, error=refusal.sentence)


@refusals_shown_by(_refused)
def chat(request: HttpRequest) -> HttpResponse:
    """Show the box with two choices of a model; sent, begin the conversation and go to its page."""
    if request.method != "POST":
        return _page(request, _of_an_earlier_chat(request))
    form = ChatForm(request.POST)
    text = checked(form)["prompt"]
    start = partial(start_chat, entries=form.entries, user_text=text, rng=rng, now=timezone.now())
    return start_and_redirect(request, start)


def _page(request: HttpRequest, fields: dict[str, str], **context: Any) -> HttpResponse:
    context = (
        {"prompt": "", "model": "", "rival": "", "idempotency_key": uuid4(), "entries": choosable_entries()}
        | fields
        | context
    )
    return render(request, "battles/chat.html", context)


def _of_an_earlier_chat(request: HttpRequest) -> dict[str, str]:
    """Return what the address asks for: models by their slugs, and with ?again= all of an own conversation."""
    slugs = {name: request.GET.get(name, "") for name in ("model", "rival")}
    own = earlier_battle(request)
    if own is None or own.is_blind:
        return slugs
    names = dict(zip(("model", "rival"), (own.entry(slot).slug for slot in own.slots), strict=False))
    return {**names, "prompt": own.all_turns[-1].user_text}
