"""Fill an empty arena with the demo: invented models, recorded answers, and votes from a fixed seed.

The votes go the way of all votes: cast, counted, and published every other day, so that the charts have a past.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from random import Random
from uuid import UUID

from django.conf import settings
from django.db import transaction

from arena.demo.meetings import CARELESS, VOTERS, Meeting, draw_meetings
from arena.demo.texts import DemoModel, DemoPrompt, demo_models, demo_prompts
from arena.models import (
    Answer,
    Battle,
    BenchmarkScore,
    BenchmarkSource,
    Choice,
    LanguageModel,
    Prompt,
    PromptSet,
    ReasonTag,
    RecordedAnswer,
    Slot,
    Turn,
    Vote,
    Voter,
)
from arena.models.answers import AnswerState
from arena.models.prompts import prompt_key
from arena.scoring.checks import check_newest_board
from arena.scoring.publish import publish_leaderboard
from arena.scoring.publish_full_scan import publish_full_scan_boards
from arena.votes.cast import cast_vote
from arena.votes.exclude import exclude_votes
from arena.votes.reasons import give_reasons

VOTES = 640
_SET = "demo"
_SEED = 20260
_DAYS_A_BOARD = 2
_VIRTUES = (ReasonTag.ACCURATE, ReasonTag.CLEAR, ReasonTag.COMPLETE, ReasonTag.FOLLOWS_INSTRUCTIONS)
_FAULTS = (ReasonTag.INACCURATE, ReasonTag.CONFUSING, ReasonTag.INCOMPLETE, ReasonTag.DULL)
#: Invented benchmarks, each with the score of a model of middling strength.
_BENCHMARKS = {"Invented reading test": 58.0, "Invented sums": 41.0}


class HoldsOtherModels(Exception):
    """The arena has models of its own, among which invented ones would mislead."""


@transaction.atomic
def fill_demo(*, votes: int = VOTES, now: datetime) -> bool:
    """Fill the arena and return True; False where the demo is there already, and nothing changes.

    votes: how many are cast. Raises HoldsOtherModels.
    """
    if PromptSet.objects.filter(slug=_SET).exists():
        return False
    if LanguageModel.objects.exists():
        raise HoldsOtherModels
    rng, models, prompts = Random(_SEED), demo_models(), demo_prompts()
    demo = _Demo(models, prompts, now)
    meetings = draw_meetings(models, prompts, how_many=votes, rng=rng, now=now)
    for _, part in groupby(meetings, lambda meeting: meeting.began.toordinal() // _DAYS_A_BOARD):
        demo.vote(list(part), rng)
    _exclude_the_careless(demo.voters[CARELESS], now)
    _add_benchmarks(demo.entries, models, rng=rng, now=now)
    publish_leaderboard(now=now)
    publish_full_scan_boards(now=now)
    check_newest_board(now=now)
    return True


class _Demo:
    """The rows that votes need: entries, prompts and voters."""

    def __init__(self, models: Sequence[DemoModel], prompts: Sequence[DemoPrompt], now: datetime) -> None:
        first = now - timedelta(days=max(model.days for model in models))
        self.entries = {model.slug: _entry(model, now) for model in models}
        self.prompts = _add_prompts(prompts, self.entries)
        names = Random(_SEED)
        # Nobody has the keys of which these would be the digests.
        keys = (f"{names.getrandbits(256):064x}" for _ in range(VOTERS))
        self.voters = Voter.objects.bulk_create(Voter(id=_uuid(names), key_digest=key) for key in keys)
        Voter.objects.update(created=first)

    def vote(self, meetings: Sequence[Meeting], rng: Random) -> None:
        """Store these battles, cast their votes, and publish the board that counts them."""
        battles = [self._battle(meeting, rng) for meeting in meetings]
        Battle.objects.bulk_create(battles)
        turns = Turn.objects.bulk_create(
            Turn(battle=battle, number=1, user_text=meeting.prompt.text, created=meeting.began)
            for battle, meeting in zip(battles, meetings, strict=True)
        )
        answers = [_answers(turn, meeting, rng) for turn, meeting in zip(turns, meetings, strict=True)]
        Answer.objects.bulk_create(answer for pair in answers for answer in pair)
        for battle, pair, meeting in zip(battles, answers, meetings, strict=True):
            at = max(answer.finished_at for answer in pair if answer.finished_at) + meeting.dwell
            _say_why(cast_vote(battle, meeting.choice, now=at), rng, at)
        publish_leaderboard(now=at)

    def _battle(self, meeting: Meeting, rng: Random) -> Battle:
        return Battle(
            id=_uuid(rng),
            voter=self.voters[meeting.voter],
            model_a=self.entries[meeting.a.slug],
            model_b=self.entries[meeting.b.slug],
            pair_probability=meeting.probability,
            consent_version=settings.CONSENT_VERSION,
            prompt=self.prompts[meeting.prompt.text],
            created=meeting.began,
        )


def _uuid(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def _entry(model: DemoModel, now: datetime) -> LanguageModel:
    entry = LanguageModel.objects.create(**model.fields)
    LanguageModel.objects.filter(pk=entry.pk).update(added=now - timedelta(days=model.days))
    return entry


def _add_prompts(prompts: Sequence[DemoPrompt], entries: dict[str, LanguageModel]) -> dict[str, Prompt]:
    """Store the prompts with their recorded answers, and return them by text."""
    demo = PromptSet.objects.create(slug=_SET, name="Agon demo", licence="Apache-2.0", is_recorded=True)
    stored = {
        each.text: Prompt.objects.create(
            set=demo, key=prompt_key(each.text), text=each.text, topic=each.topic, language=each.language
        )
        for each in prompts
    }
    RecordedAnswer.objects.bulk_create(
        RecordedAnswer(model=entries[slug], prompt=stored[each.text], text=text)
        for each in prompts
        for slug, text in each.answers.items()
    )
    return stored


def _answers(turn: Turn, meeting: Meeting, rng: Random) -> list[Answer]:
    sides = ((Slot.A, meeting.a), (Slot.B, meeting.b))
    return [_answer(turn, slot, model, text=meeting.prompt.answers[model.slug], rng=rng) for slot, model in sides]


def _answer(turn: Turn, slot: Slot, model: DemoModel, *, text: str, rng: Random) -> Answer:
    # A token holds about four letters of English, and two of others.
    tokens = max(1, round(len(text) / (4 if text.isascii() else 2)))
    first = turn.created + timedelta(seconds=model.seconds_to_first * rng.uniform(0.8, 1.3))
    return Answer(
        turn=turn,
        slot=slot,
        state=AnswerState.DONE,
        attempt=1,
        queue="",
        queued_at=turn.created,
        seed=rng.getrandbits(62),
        text=text,
        tokens=tokens,
        finish_reason="stop",
        claimed_at=turn.created,
        first_text_at=first,
        finished_at=first + timedelta(seconds=tokens / model.tokens_a_second),
    )


def _say_why(vote: Vote, rng: Random, at: datetime) -> None:
    """Give reasons with some votes: a virtue of the better answer, or a fault of the other."""
    if vote.choice not in (Choice.MODEL_A, Choice.MODEL_B) or rng.random() > 0.3:
        return
    better, other = (Slot.A, Slot.B) if vote.choice == Choice.MODEL_A else (Slot.B, Slot.A)
    give_reasons(vote, {better: [rng.choice(_VIRTUES)], other: [rng.choice(_FAULTS)]}, "", now=at)


def _exclude_the_careless(voter: Voter, now: datetime) -> None:
    reason = "Always the left side, within a second (invented, as all votes of this demo are)"
    exclude_votes(Vote.objects.filter(voter=voter), reason=reason, by="demo", now=now)


def _add_benchmarks(
    entries: dict[str, LanguageModel], models: Sequence[DemoModel], *, rng: Random, now: datetime
) -> None:
    source = BenchmarkSource.objects.create(name="Agon demo", licence="Apache-2.0")
    BenchmarkScore.objects.bulk_create(
        BenchmarkScore(
            entry=entries[model.slug],
            benchmark=name,
            score=round(middle + (model.strength - 1100) / 12 + rng.gauss(0, 4), 1),
            unit="%",
            source=source,
            imported_at=now,
        )
        for name, middle in _BENCHMARKS.items()
        for model in models
    )
