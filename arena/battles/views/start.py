"""The first page of the site, where a battle begins."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from arena.battles.begin import TooManyOpenBattles
from arena.battles.blind import typed_last
from arena.battles.forms import PromptForm, RecordedPromptForm, checked, checked_prompt, may_send_anyway
from arena.battles.start import start_battle, start_instead_of_the_oldest
from arena.battles.views.refusals import refusals_shown_by
from arena.face.current import current, in_language
from arena.markup import render_document
from arena.models import Battle, Prompt, PromptSet
from arena.people.refusals import InvalidInput, Refusal, VoterIsForgotten
from arena.people.voters import known_voter, new_voter, remember_voter

SUGGESTIONS = 4
RECORDED_SUGGESTIONS, RECORDED_ON_THE_FIRST_PAGE = 6, 2

rng = random.SystemRandom()


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the box, filled with a suggestion or with the prompt of an earlier battle where the address asks for it."""
    return _page(request, prompt=_suggested(request) or _prompt_of(request))


@require_safe
def recorded(request: HttpRequest) -> HttpResponse:
    """Show prompts that have recorded answers, some at random."""
    context = {"prompts": _recorded(RECORDED_SUGGESTIONS), "idempotency_key": uuid4()}
    return render(request, "battles/recorded.html", context)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Show the box again, with the text kept and the sentence, or with the open battles that are in the way."""
    return box_again(request, refusal, _text_kept(request))


def box_again(request: HttpRequest, refusal: Refusal, text: str) -> HttpResponse:
    """Show the box with this text and what stands in the way of a battle."""
    if isinstance(refusal, TooManyOpenBattles):
        kept = request.POST.get("recorded", "")
        return _page(request, prompt=text, open_battles=refusal.battles, recorded_prompt=kept)
    return _page(request, prompt=text, error=refusal.sentence, may_send_anyway=may_send_anyway(refusal))


@refusals_shown_by(_refused)
def start(request: HttpRequest) -> HttpResponse:
    """Begin a battle and go to its page. What is refused shows the box again, with the text kept and a sentence."""
    if request.method != "POST":
        return redirect("home")
    text, prompt = _asked(request)
    way = start_instead_of_the_oldest if "leave_oldest" in request.POST else start_battle
    begin = partial(way, user_text=text, recorded_prompt=prompt, rng=rng, now=timezone.now())
    return start_and_redirect(request, begin)


def _asked(request: HttpRequest) -> tuple[str, Prompt | None]:
    """Return the text that was sent, and the recorded prompt where one was chosen. Raises InvalidInput."""
    if "recorded" not in request.POST:
        return checked_prompt(PromptForm(request.POST)), None
    prompt: Prompt = checked(RecordedPromptForm(request.POST))["recorded"]
    if "prompt" in request.POST and checked(PromptForm(request.POST))["prompt"] != _as_typed(prompt.text):
        return checked_prompt(PromptForm(request.POST)), None
    return prompt.text, prompt


def _as_typed(text: str) -> str:
    """Return the text as the box sends it back."""
    return str(checked(PromptForm({"prompt": text}))["prompt"])


def _text_kept(request: HttpRequest) -> str:
    try:
        return _asked(request)[0]
    except InvalidInput:
        return request.POST.get("prompt", "")


def start_and_redirect(request: HttpRequest, start: Callable[..., Battle]) -> HttpResponse:
    """Go to the page of the battle that `start(voter, idempotency_key=...)` gives. A new visitor gets a key with it."""
    known = known_voter(request)
    voter, key = (known, "") if known else new_voter()
    # Who has no cookie yet cannot be told from another who has none: their second request is not known as such.
    idempotency_key = None if key else uuid_of(request.POST.get("idempotency_key", ""))
    try:
        battle = start(voter, idempotency_key=idempotency_key)
    except VoterIsForgotten:
        # In another tab, a moment ago: whoever writes now is a new visitor.
        voter, key = new_voter()
        battle = start(voter, idempotency_key=None)
    response = redirect("battle", battle.id)
    if key:
        remember_voter(response, key)
    return response


def _page(request: HttpRequest, *, prompt: str, **context: Any) -> HttpResponse:
    context |= {
        "prompt": prompt,
        "idempotency_key": uuid4(),
        "ideas": _ideas(request),
        "welcome": render_document(in_language(current().welcome) or ""),
        "recorded": _recorded(RECORDED_SUGGESTIONS if settings.DEMO else RECORDED_ON_THE_FIRST_PAGE),
    }
    return render(request, "battles/demo.html" if settings.DEMO else "battles/start.html", context)


def _recorded(how_many: int) -> list[Prompt]:
    return Prompt.objects.recorded_sample(how_many, language=get_language() or "en", rng=rng)


@dataclass(frozen=True)
class Ideas:
    """Suggested prompts and where they come from.

    topics: the topics that have prompts. topic: the chosen one, or empty. sources: the sets, with names and licences.
    starters: the arena's own, in place of prompts of the sets until a topic is chosen.
    """

    topics: list[tuple[str, str]]
    topic: str
    prompts: list[Prompt]
    sources: list[PromptSet]
    starters: Sequence[str] = ()


def _ideas(request: HttpRequest) -> Ideas:
    suggested = Prompt.objects.suggested(get_language() or "en")
    topics = [(topic.value, str(topic.label)) for topic in suggested.topics()]
    topic = request.GET.get("topic", "")
    if topic not in dict(topics):
        topic = ""
    if not topic and (starters := _starters()):
        return Ideas(topics, topic, [], [], starters)
    prompts = (suggested.filter(topic=topic) if topic else suggested).at_random(SUGGESTIONS, rng)
    return Ideas(topics, topic, prompts, list({prompt.set_id: prompt.set for prompt in prompts}.values()))


def _starters() -> tuple[str, ...]:
    return in_language(current().prompts) or ()


def _suggested(request: HttpRequest) -> str:
    if (number := request.GET.get("starter", "")).isdecimal():
        return "".join(_starters()[int(number) - 1 :][:1]) if 0 < int(number[:4]) <= len(_starters()) else ""
    if "surprise" in request.GET:
        prompts = Prompt.objects.suggested(get_language() or "en").at_random(1, rng)
    elif (key := request.GET.get("suggestion", "")).isprintable() and key:
        # PostgreSQL refuses a zero byte with an error of its own.
        prompts = list(Prompt.objects.filter(set__is_recorded=False, set__is_offered=True, key=key)[:1])
    else:
        return ""
    return prompts[0].text if prompts else ""


def _prompt_of(request: HttpRequest) -> str:
    """Return the newest prompt of the visitor's own battle named by ?again=, so that nobody types it twice."""
    battle = earlier_battle(request)
    return typed_last(battle) if battle else ""


def earlier_battle(request: HttpRequest) -> Battle | None:
    """Return the visitor's own battle that ?again= names; None where it names no such battle."""
    battle_id = uuid_of(request.GET.get("again", ""))
    own = Battle.objects.of(known_voter(request)).with_rows()
    return own.filter(pk=battle_id).first() if battle_id else None


def uuid_of(text: str) -> UUID | None:
    """Return the id that this text writes; None where it is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None
