"""The pages of conversations with chosen models: a chat with one, and two side by side. Not blind, off the board."""

import random
from functools import partial
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arena.battles.begin import TooManyOpenBattles
from arena.battles.blind import typed_last
from arena.battles.chat import choosable_entries, start_chat
from arena.battles.forms import ChatForm, SideBySideForm, checked_prompt, may_send_anyway
from arena.battles.views.refusals import refusals_shown_by
from arena.battles.views.start import earlier_battle, start_and_redirect
from arena.models import LanguageModel
from arena.people.refusals import Refusal

rng = random.SystemRandom()


def _refused_one(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _refused(request, refusal, of_two=bool(request.POST.get("rival")))


def _refused_two(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _refused(request, refusal, of_two=True)


@refusals_shown_by(_refused_one)
def chat(request: HttpRequest) -> HttpResponse:
    """Show the box with a choice of one model; sent, begin the conversation and go to its page.

    Where the address or the form names a second one too, it is a conversation side by side.
    """
    if request.method != "POST":
        fields = _of_an_earlier_chat(request)
        return _page(request, fields, of_two=bool(fields["rival"]))
    return _start(request, ChatForm(request.POST))


@refusals_shown_by(_refused_two)
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Show the box with a choice of two models; sent, begin the conversation and go to its page."""
    if request.method != "POST":
        return _page(request, _of_an_earlier_chat(request), of_two=True)
    return _start(request, SideBySideForm(request.POST))


def _start(request: HttpRequest, form: ChatForm) -> HttpResponse:
    text = checked_prompt(form)
    start = partial(start_chat, entries=form.entries, user_text=text, rng=rng, now=timezone.now())
    return start_and_redirect(request, start)


def _refused(request: HttpRequest, refusal: Refusal, *, of_two: bool) -> HttpResponse:
    """Show the box with all kept and the sentence, or which conversations are still being answered."""
    fields = {name: request.POST.get(name, "") for name in ("prompt", "model", "rival")}
    if isinstance(refusal, TooManyOpenBattles):
        return _page(request, fields, of_two=of_two, busy=refusal.battles)
    return _page(request, fields, of_two=of_two, error=refusal.sentence, may_send_anyway=may_send_anyway(refusal))


def _page(request: HttpRequest, fields: dict[str, str], *, of_two: bool, **context: Any) -> HttpResponse:
    entries = choosable_entries()
    context |= {"prompt": "", "idempotency_key": uuid4(), "entries": entries, "of_two": of_two} | fields
    context["rival"] = fields["rival"] or _another(entries, fields["model"])
    context["can_answer"] = len(entries) > of_two
    return render(request, "battles/chat.html", context)


def _another(entries: list[LanguageModel], model: str) -> str:
    """Return whom the second choice begins with: not the one that the first begins with."""
    first = model or (entries[0].slug if entries else "")
    return next((entry.slug for entry in entries if entry.slug != first), "")


def _of_an_earlier_chat(request: HttpRequest) -> dict[str, str]:
    """Return what the address asks for: models by their slugs, and with ?again= all of an own conversation."""
    slugs = {name: request.GET.get(name, "") for name in ("model", "rival")}
    own = earlier_battle(request)
    if own is None or own.is_blind:
        return slugs
    names = dict(zip(("model", "rival"), (own.entry(slot).slug for slot in own.slots), strict=False))
    return slugs | names | {"prompt": typed_last(own)}
