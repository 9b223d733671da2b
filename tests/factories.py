"""Rows for tests. An entry with a script answers with that text: the recorded backend is a real backend."""

import random
from datetime import datetime
from itertools import count
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils import timezone

from arena.answers.generate import generate_answer
from arena.battles.turns import add_turn
from arena.models import Answer, Battle, LanguageModel, Prompt, PromptSet, RecordedAnswer, Vote, VoteExclusion, Voter
from arena.models.answers import AnswerState
from arena.models.catalog import Kind
from arena.people.tokens import issue_token
from arena.votes.exclude import exclude_votes

_numbers = count(1)


def make_entry(name: str = "", *, script: str = "An answer.", **fields: Any) -> LanguageModel:
    """A live entry that answers every prompt with `script`; backend="broken" makes one that always fails."""
    name = name or f"MODEL-{next(_numbers)}"
    defaults = {"slug": name.lower(), "display_name": name, "backend": "recorded", "options": {"text": script}}
    return LanguageModel.objects.create(**defaults | fields)


def make_voter() -> Voter:
    # Other ones than in the database of a release, which began to count at one.
    return Voter.objects.create(key_digest=f"f{next(_numbers):063x}")


def make_token(name: str = "", *, scopes: str = "read play", **issued: Any) -> str:
    """What a program shows in its header."""
    return issue_token(name or f"program {next(_numbers)}", scopes=scopes.split(), now=timezone.now(), **issued)


def make_battle(
    entry_a: LanguageModel | None = None,
    entry_b: LanguageModel | None = None,
    *,
    voter: Voter | None = None,
    now: datetime | None = None,
    is_answered: bool = True,
    prompt: str = "Why is the sky blue?",
) -> Battle:
    """A battle with one turn; its answers stand there as written, unless said otherwise."""
    now = now or timezone.now()
    battle = Battle.objects.create(
        voter=voter or make_voter(),
        model_a=entry_a or make_entry(),
        model_b=entry_b or make_entry(),
        pair_probability=1.0,
        consent_version=settings.CONSENT_VERSION,
        created=now,
    )
    add_turn(battle, prompt, number=1, first_turn_in_window=1, rng=random.Random(1), now=now)
    if is_answered:
        done = {"state": AnswerState.DONE, "text": "An answer.", "attempt": 1}
        Answer.objects.filter(turn__battle=battle).update(**done, claimed_at=now, first_text_at=now, finished_at=now)
    return Battle.objects.with_rows().get(pk=battle.pk)


def write_answers(battle: Battle) -> Battle:
    """What the workers do, one answer after the other. The battle as it is then."""
    for answer in Answer.objects.filter(turn__battle=battle).order_by("pk"):
        async_to_sync(generate_answer)(answer.pk)
    return Battle.objects.with_rows().get(pk=battle.pk)


def make_recorded(*names: str, text: str = "What is a tide?", answer: str = "The sea breathes.") -> Prompt:
    """A prompt that each of these models has a recorded answer to."""
    prompt_set, _ = PromptSet.objects.get_or_create(
        slug="alpaca-eval", defaults={"name": "AlpacaEval", "is_recorded": True}
    )
    prompt = Prompt.objects.create(set=prompt_set, key=str(next(_numbers)), text=text)
    for name in names:
        entry, _ = LanguageModel.objects.get_or_create(
            slug=name.lower(), defaults={"display_name": name, "kind": Kind.RECORDED, "backend": "recorded"}
        )
        RecordedAnswer.objects.create(model=entry, prompt=prompt, text=answer)
    return prompt


def exclude_vote(vote: Vote, *, rule: str, by: str, now: datetime, weight: float = 0.0) -> VoteExclusion:
    """Give one vote this weight, by a rule of that name."""
    exclude_votes(Vote.objects.filter(pk=vote.pk), rule=rule, reason="a test", by=by, now=now, weight=weight)
    return VoteExclusion.objects.newest().get(vote=vote)
