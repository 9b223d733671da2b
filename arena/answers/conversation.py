"""The request that one side's backend gets, made from the rows of a battle. Each model sees its own side only."""

import logging
from collections.abc import Iterable, Sequence
from datetime import date
from http import HTTPStatus

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arena.backends import backend
from arena.backends.base import BackendError, Decoding, Message, Request
from arena.models import Answer, Battle, LanguageModel, RecordedAnswer, Turn
from arena.models.battles import without_replaced
from arena.models.catalog import Kind
from arena.people.refusals import Refusal

#: What a model is told that it said where a filter declined for it: many templates and servers refuse an empty message.
NOTHING_SAID = "(no answer)"

logger = logging.getLogger(__name__)


class TooLongForTheWindow(Refusal):
    """The newest prompt alone does not fit into the context window."""

    kind, status = "too-long", HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = _("Your prompt is too long for the models here. Shorten it and send it again.")


def request_for(answer: Answer) -> Request:
    """Return the request with which the backend writes this answer."""
    battle, turn = answer.turn.battle, answer.turn
    entry = battle.entry(answer.slot)
    if entry.kind == Kind.RECORDED:
        recorded = RecordedAnswer.objects.get(model=entry, prompt=battle.prompt)
        return _request(entry, [], seed=answer.seed, options={"text": recorded.text})
    seen = battle.turns.filter(number__gte=turn.first_turn_in_window, number__lte=turn.number)
    turns = without_replaced(seen.prefetch_related("answers"))
    return _request(entry, _messages(turns, answer.slot), seed=answer.seed, day=_day_of(battle))


def first_turn_that_fits(battle: Battle, turns: Sequence[Turn], user_text: str) -> int:
    """Return the number of the oldest turn that the models still see beside the new prompt, alike for both.

    turns: the active ones, at least one.
    Raises TooLongForTheWindow when not even the prompt alone fits.
    """
    return max(_first_turn(battle, slot, turns, user_text) for slot in battle.slots)


def refuse_what_no_window_holds(entries: Iterable[LanguageModel], user_text: str) -> None:
    """Raise TooLongForTheWindow where the smallest of the entries' windows is too small. The refusal names no entry."""
    for entry in entries:
        if not _fits(entry, [Message("user", user_text)]):
            raise TooLongForTheWindow


def _first_turn(battle: Battle, slot: str, turns: Sequence[Turn], user_text: str) -> int:
    entry, day = battle.entry(slot), _day_of(battle)
    for first in range(len(turns) + 1):
        if _fits(entry, [*_messages(turns[first:], slot), Message("user", user_text)], day):
            return turns[first].number if first < len(turns) else turns[-1].number + 1
    raise TooLongForTheWindow


def _fits(entry: LanguageModel, messages: list[Message], day: date | None = None) -> bool:
    request = _request(entry, messages, seed=0, day=day)
    try:
        tokens = backend(entry.backend).count_tokens(request)
    except BackendError:
        # The side will fail, and its page say so; here a refusal would blame the prompt.
        logger.exception("entry %s cannot count tokens", entry.slug)
        return True
    return tokens + entry.max_new_tokens <= entry.context_tokens


def _day_of(battle: Battle) -> date:
    """Return the day on which the battle began: both sides are told it, in every turn."""
    return timezone.localdate(battle.created)


def _messages(turns: Iterable[Turn], slot: str) -> list[Message]:
    messages = []
    for turn in turns:
        messages.append(Message("user", turn.user_text))
        own = [answer for answer in turn.answers.all() if answer.slot == slot and answer.is_finished]
        messages += [Message("assistant", answer.text or NOTHING_SAID) for answer in own]
    return messages


def _request(
    entry: LanguageModel,
    messages: list[Message],
    *,
    seed: int,
    options: dict[str, str] | None = None,
    day: date | None = None,
) -> Request:
    system = [Message("system", entry.system_prompt)] if entry.system_prompt else []
    decoding = Decoding(temperature=entry.temperature, top_p=entry.top_p, max_new_tokens=entry.max_new_tokens)
    return Request(
        messages=(*system, *messages),
        decoding=decoding,
        seed=seed,
        prompt_template=entry.prompt_template,
        options={**entry.options, **entry.local_files, **(options or {})},
        day=day,
    )
