"""The only door from a battle to whoever looks at it: its rows, and what its workers publish while they write.

BlindBattle before the vote, Reveal after it; Feed for what comes meanwhile; Progress for how long it takes. Cards name
the models too: of a conversation that is not blind from the start, of a battle after its vote.

BlindBattle has no field that could hold a model's name, pk, backend, template, token count or time. While one side of a
blind turn runs, both sides look alike: neither its text, nor how it ended, nor that it ended is told before both have
ended, and what the page shows meanwhile is what the arena's pacing releases to the feed. Nobody else reads an answer
for a visitor: `tests/invariants/test_one_door.py` looks for it.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from arena.answers import events
from arena.answers.cost import cost_of
from arena.answers.events import Event
from arena.answers.pacing import TICK_SECONDS, as_it_comes, paced, released
from arena.battles.standing import PairStanding, Standing, pair_standing
from arena.battles.verdict import preferred_slot, verdict_to_voter
from arena.markup import language_of, render_answer
from arena.models import Answer, Battle, Choice, LanguageModel, Slot, Turn, Vote, Withheld
from arena.models.answers import TOO_LONG, AnswerState
from arena.models.battles import Pacing
from arena.moderation.categories import OTHER, sentence_of
from arena.scoring.comparisons import OUTCOMES
from arena.votes.policy import counts_when_stopped, weight_of
from ratings import elo

Note = Literal["", "declined", "empty", "cut", "withheld"]


@dataclass(frozen=True)
class BlindAnswer:
    """One side of one turn, without a name.

    state: while it runs "pending", whatever it does. markdown: a finished answer as the model wrote it.
    is_running, is_lost: as `Answer` says it. first_attempt: events of older attempts are not of this text.
    note: what is said below it. shown_thoughts: "" while nobody may know who wrote them. is_too_long: the prompt was.
    """

    slot: str
    letter: str
    state: str
    markdown: str
    turn: int
    first_attempt: int
    is_running: bool
    is_lost: bool
    note: Note = ""
    shown_thoughts: str = ""
    is_too_long: bool = False

    @cached_property
    def html(self) -> SafeString:
        """Return the finished answer as safe HTML."""
        return mark_safe(render_answer(self.markdown))  # sanitised by it

    @property
    def language_of_thoughts(self) -> str:
        """Return the code of the language that its thoughts seem to be in, "" where nothing tells it."""
        return language_of(self.shown_thoughts)


@dataclass(frozen=True)
class BlindTurn:
    """One user message and its answers, without names.

    turns_left_out: number of older turns that no longer fitted; 0 while nobody may know whose window that was.
    earlier: the turns that this one replaces, the newest first. is_checked: moderators still judge the prompt.
    withheld: what of it is not shown, one of `Withheld` or "". because: why, in a sentence.
    """

    number: int
    user_text: str
    turns_left_out: int
    answers: tuple[BlindAnswer, ...]
    earlier: "tuple[BlindTurn, ...]" = ()
    is_checked: bool = False
    withheld: str = ""
    because: str = ""


@dataclass(frozen=True)
class BlindBattle:
    """All that voters may see of their own battle."""

    id: UUID
    turns: tuple[BlindTurn, ...]
    next_turn: int
    is_open: bool
    may_vote: bool
    may_continue: bool
    may_be_retried: bool
    is_recorded: bool
    is_left: bool
    vote_counts: bool
    is_blind: bool
    has_two_sides: bool
    texts_erased_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        return any(answer.is_running for answer in self.turns[-1].answers)

    @property
    def lost_sides(self) -> list[BlindAnswer]:
        """Return the answers that ended with nothing to vote on."""
        return [answer for turn in self.turns for answer in turn.answers if answer.is_lost]

    @property
    def withheld_turn(self) -> BlindTurn | None:
        """Return the newest turn of which something is withheld; None where nothing is."""
        return next((turn for turn in reversed(self.all_turns) if turn.withheld), None)

    @property
    def is_abandoned(self) -> bool:
        """Tell of a battle without a vote whether its voter went away from it."""
        return self.is_blind and not self.is_open and not self.lost_sides

    @property
    def lost_by_stopping(self) -> bool:
        return all(answer.state == AnswerState.STOPPED for answer in self.lost_sides)

    @property
    def lost_by_length(self) -> bool:
        return any(answer.is_too_long for answer in self.lost_sides)

    @property
    def may_go_to_another_pair(self) -> bool:
        """Tell whether a side has failed to begin, and no turn before it is lost on a new battle with its prompt."""
        return self.is_blind and self.may_be_retried and len(self.turns) == 1 and not self.is_recorded

    @property
    def first_user_text(self) -> str:
        return self.turns[0].user_text

    @property
    def all_turns(self) -> list[BlindTurn]:
        """Return all turns in their order, those that others replace among them."""
        listed = [one for turn in self.turns for one in (turn, *turn.earlier)]
        return sorted(listed, key=lambda turn: turn.number)


@dataclass(frozen=True)
class Progress:
    """How long a battle's newest answers are being written, alike for both sides.

    seconds: since they were asked for. waiting: answers of others that wait in the whole arena, whoever writes them.
    is_checked: moderators judge the prompt first.
    """

    seconds: int
    waiting: int
    is_checked: bool = False


@dataclass(frozen=True)
class Feed:
    """What is told of a battle while its answers are written, as far as its voter may see it.

    turn: the number of the newest. is_running: whether it is still being written.
    """

    battle_id: str
    pacing: Pacing
    is_blind: bool
    turn: int
    is_running: bool

    @property
    def has_ids(self) -> bool:
        """Tell whether whoever comes again can say by an id what it has; otherwise it gets all of it."""
        return self.pacing == Pacing.LIVE

    async def follow(self, *, after: str) -> AsyncIterator[tuple[str, Event]]:
        """Yield ids and events when they may be seen, first those that may be seen already, and never end.

        after: the last id that the reader has, where there are ids; they are "0" where there are none, and all comes.
        Raises redis.RedisError or OSError when Redis becomes unreachable.
        """
        if not self.is_blind:
            async for entry in events.follow(self.battle_id, after=after):
                yield entry
        elif self.pacing == Pacing.LIVE:
            async for entry in as_it_comes(events.follow(self.battle_id, after="0"), after=after):
                yield entry
        else:
            async for event in paced(events.follow(self.battle_id, after="0"), self.pacing):
                yield "0", event

    async def missed(self, *, after: str) -> list[tuple[str, Event]]:
        """Return what a reader that comes after the end has not seen, as far as Redis still has it."""
        return released(await events.so_far(self.battle_id, after="0"), self.pacing, after=after)


@dataclass(frozen=True)
class Card:
    """One entry that answers on one side, for a page that may name it."""

    slot: str
    slug: str
    name: str
    organisation: str
    licence: str
    kind: str
    link: str


@dataclass(frozen=True)
class RevealedSide(Card):
    """One entry with its name, what this vote does to its Elo, and what is known of its newest answer.

    before, now: where it stood on the board before the vote, and stands on the newest; None where it is not on it.
    language: of the description, "" where nothing tells it. Times are in seconds. cost: in US dollars. facts: what its
    backend says of itself.
    """

    letter: str
    is_preferred: bool
    before: Standing | None
    now: Standing | None
    description: str
    language: str
    elo: float
    step: float
    seconds_to_first_text: float | None
    seconds: float | None
    tokens: int | None
    prompt_tokens: int | None
    cached_tokens: int | None
    cost: float | None
    facts: Mapping[str, str]

    @property
    def step_size(self) -> float:
        return abs(self.step)


@dataclass(frozen=True)
class Reveal:
    """The names of both sides, and what the board says of them.

    headline: who was preferred, to the voter. chance_a: the chance of model A against model B by their Elo before this
    vote, in percent. board: their places, and what the ratings foretold. goes_on_with: the preferred one's name, empty
    where it answers no prompt now or neither was preferred.
    """

    headline: str
    chance_a: int
    sides: tuple[RevealedSide, ...]
    is_counted: bool
    board: PairStanding
    goes_on_with: str

    @property
    def unknown(self) -> list[str]:
        """Return the names of those that the board did not know before the vote."""
        return [side.name for side in self.sides if side.before is None]

    @property
    def most_won(self) -> tuple[RevealedSide, ...]:
        """Return the sides, first the one that won more of the votes between the two."""
        record = self.board.record
        return self.sides[::-1] if record.losses > record.wins else self.sides

    @property
    def percents(self) -> tuple[int, int] | None:
        """Return the chances of A and of B by the board before the vote, which are 100 together; None without them."""
        if self.board.chance_a is None:
            return None
        return round(self.board.chance_a), 100 - round(self.board.chance_a)


def blind_battle(battle: Battle, *, now: datetime) -> BlindBattle:
    """Return the battle without its names. Expects rows fetched by `with_rows`."""
    return BlindBattle(
        id=battle.id,
        turns=_turns(battle),
        next_turn=len(battle.all_turns) + 1,
        is_open=battle.is_open(now),
        may_vote=battle.may_vote(now),
        may_continue=battle.may_continue(now),
        may_be_retried=battle.may_be_retried(now),
        is_recorded=battle.is_recorded,
        is_left=battle.left_at is not None,
        vote_counts=counts_when_stopped(battle),
        is_blind=battle.is_blind,
        has_two_sides=len(battle.slots) > 1,
        texts_erased_at=battle.texts_erased_at,
    )


def typed_first(battle: Battle) -> str:
    """Return the first prompt as its writer may see it."""
    return _typed(battle.all_turns[0])


def typed_last(battle: Battle) -> str:
    """Return the newest prompt as its writer may see it."""
    return _typed(battle.all_turns[-1])


def _typed(turn: Turn) -> str:
    return "" if turn.withheld == Withheld.TAKEN_DOWN else turn.user_text


def feed_of(battle: Battle) -> Feed:
    """Return what is told of the battle while it is written. Expects rows fetched by `with_rows`."""
    newest = battle.all_turns[-1]
    return Feed(str(battle.pk), battle.pacing, battle.is_blind, newest.number, battle.is_running)


def progress(battle: Battle, *, now: datetime) -> Progress | None:
    """Return how long the newest answers are being written; None where none is.

    The number of those that wait is of all queues: that of a side's own queue would name who writes it.
    """
    if not battle.is_running:
        return None
    waiting = Answer.objects.filter(state=AnswerState.PENDING).exclude(turn__battle=battle).count()
    newest = battle.all_turns[-1]
    seconds = max(0, int((now - newest.created).total_seconds()))
    return Progress(seconds, waiting, is_checked=newest.checked_until is not None)


def text_shown(battle: Battle, *, now: datetime) -> Mapping[str, str]:
    """Return by slot the text of the newest turn that its page may have shown until now.

    A page may be a tick behind, so this is what was released a tick ago. Raises redis.RedisError.
    """
    number, moment = battle.all_turns[-1].number, now.timestamp() - TICK_SECONDS
    entries = events.published(str(battle.pk))
    texts = dict.fromkeys((slot.value for slot in battle.slots), "")
    attempts = dict.fromkeys(texts, 0)
    for _, event in released(entries, battle.pacing, now=moment):
        if event.turn != number:
            continue
        if event.attempt > attempts[event.slot] or event.kind == "restarted":
            texts[event.slot], attempts[event.slot] = "", event.attempt
        texts[event.slot] += event.text
    return texts


def reveal(battle: Battle, vote: Vote) -> Reveal:
    """Return the names. The vote is a parameter, so that nobody gets here without one."""
    outcome = Choice(vote.choice)
    weight = weight_of(vote) if vote.weight_when_cast is None else vote.weight_when_cast
    step = weight * elo.step(vote.elo_a, vote.elo_b, outcome=OUTCOMES[outcome])
    board = pair_standing(battle, vote) if battle.is_blind else PairStanding()
    elos = {Slot.A: (vote.elo_a, step), Slot.B: (vote.elo_b, -step)}
    preferred = preferred_slot(vote)
    return Reveal(
        headline=verdict_to_voter(battle, vote),
        chance_a=round(100 * elo.win_probability(vote.elo_a, vote.elo_b)),
        sides=tuple(_side(battle, slot, *elos[slot], board=board, is_preferred=slot == preferred) for slot in elos),
        is_counted=weight > 0 and battle.is_blind,
        board=board,
        goes_on_with=_name_if_live(battle.entry(preferred)) if preferred else "",
    )


def cards(battle: Battle) -> tuple[Card, ...]:
    """Return a card for each side, in their order; none of a blind battle before its vote."""
    if _is_secret(battle):
        return ()
    return tuple(_card(slot, battle.entry(slot)) for slot in battle.slots)


def _name_if_live(entry: LanguageModel) -> str:
    return entry.display_name if entry.is_live else ""


def _is_secret(battle: Battle) -> bool:
    return battle.is_blind and battle.cast_vote is None


def _card(slot: Slot, entry: LanguageModel) -> Card:
    return Card(
        slot=slot.value,
        slug=entry.slug,
        name=entry.display_name,
        organisation=entry.organisation,
        licence=entry.licence,
        kind=entry.get_kind_display(),
        link=entry.link,
    )


def _turns(battle: Battle) -> tuple[BlindTurn, ...]:
    """Return the turns that no other replaces. Each holds those that it replaces, the newest first."""
    active = battle.active_turns
    whose_window_is_known = () if _is_secret(battle) else active
    return tuple(
        _turn(
            turn,
            turns_left_out=sum(other.number < turn.first_turn_in_window for other in whose_window_is_known),
            earlier=tuple(_turn(before) for before in _replaced_by(turn, battle.all_turns)),
        )
        for turn in active
    )


def _replaced_by(turn: Turn, turns: list[Turn]) -> list[Turn]:
    replaced = [before for before in turns if before.pk == turn.replaces_id]
    return replaced + [earlier for before in replaced for earlier in _replaced_by(before, turns)]


def _turn(turn: Turn, *, turns_left_out: int = 0, earlier: tuple[BlindTurn, ...] = ()) -> BlindTurn:
    if turn.withheld:
        return _withheld(turn, turn.withheld, earlier)
    is_secret = _is_secret(turn.battle)
    answers = tuple(_answer(answer, turn.number, is_secret=is_secret) for answer in turn.answers.all())
    if turn.battle.is_blind and any(answer.is_running for answer in answers):
        # Which side is further, or has failed, would say who is faster, or who is down.
        answers = tuple(_as_if_waiting(answer) for answer in answers)
    is_checked = turn.checked_until is not None
    return BlindTurn(turn.number, turn.user_text, turns_left_out, answers, earlier, is_checked=is_checked)


def _withheld(turn: Turn, what: str, earlier: tuple[BlindTurn, ...]) -> BlindTurn:
    """Return a turn of which nothing is shown but its prompt, and that only while no operator has hidden it.

    Both sides look alike, so that nobody learns whose answer it was.
    """
    answers = tuple(
        BlindAnswer(
            answer.slot,
            answer.slot.upper(),
            AnswerState.FAILED,
            "",
            turn.number,
            answer.attempt,
            is_running=False,
            is_lost=True,
            note="withheld",
        )
        for answer in turn.answers.all()
    )
    because = str(sentence_of(turn.withheld_for or OTHER))
    return BlindTurn(turn.number, _typed(turn), 0, answers, earlier, withheld=what, because=because)


def _as_if_waiting(answer: BlindAnswer) -> BlindAnswer:
    """Return the side as if nothing had become of it yet."""
    return BlindAnswer(
        answer.slot, answer.letter, AnswerState.PENDING, "", answer.turn, answer.first_attempt, True, False
    )


def _answer(answer: Answer, turn: int, *, is_secret: bool) -> BlindAnswer:
    return BlindAnswer(
        slot=answer.slot,
        letter=answer.slot.upper(),
        state=answer.state,
        # Nothing of a failed attempt is shown as an answer.
        markdown=answer.text if answer.may_be_voted_on else "",
        turn=turn,
        first_attempt=answer.attempt + (answer.state == AnswerState.PENDING),
        is_running=not answer.is_finished,
        is_lost=answer.is_lost,
        note=_note(answer),
        shown_thoughts="" if is_secret or settings.THOUGHTS == "hidden" else answer.thoughts.strip(),
        is_too_long=answer.finish_reason == TOO_LONG,
    )


def _note(answer: Answer) -> Note:
    """Return what is to be known of the end of a finished answer. declined: a filter of its server spoke for it."""
    if not answer.may_be_voted_on:
        return ""
    if answer.finish_reason == "declined":
        return "declined"
    if not answer.text.strip():
        return "empty"
    return "cut" if answer.finish_reason == "length" else ""


def _side(
    battle: Battle, slot: Slot, elo_before: float, step: float, *, board: PairStanding, is_preferred: bool
) -> RevealedSide:
    entry: LanguageModel = battle.entry(slot)
    answer = next(a for a in battle.all_turns[-1].answers.all() if a.slot == slot)
    return RevealedSide(
        **asdict(_card(slot, entry)),
        letter=slot.value.upper(),
        is_preferred=is_preferred,
        before=board.before.get(slot),
        now=board.now.get(slot),
        description=entry.description,
        language=language_of(entry.description),
        elo=elo_before + step,
        step=round(step, 1) + 0.0,  # a step of -0.04 is none, and not "−0.0"
        seconds_to_first_text=_seconds(answer.claimed_at, answer.first_text_at),
        seconds=_seconds(answer.claimed_at, answer.finished_at),
        tokens=answer.tokens or None,
        prompt_tokens=answer.prompt_tokens,
        cached_tokens=answer.cached_tokens or None,
        cost=cost_of(answer),
        facts=answer.facts,
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return (end - start).total_seconds() if start and end else None
