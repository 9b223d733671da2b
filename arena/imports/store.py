"""The storing of a batch of votes that were cast elsewhere: all of it, or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction

from arena.formats.refusals import RefusedRow
from arena.formats.votes.base import TurnTexts, VoteRecord
from arena.imports.identity import Arrival
from arena.imports.known import Sorted, newest, sort_out
from arena.models import Answer, Battle, ImportedSet, LanguageModel, PendingVote, Turn, Vote, VoteExclusion, Voter
from arena.models.answers import AnswerState, Slot
from arena.models.battles import BattleKind
from arena.models.catalog import EntryNames, Kind, State, folded
from arena.models.inserting import insert_rows
from arena.models.votes import Source
from ratings.scale import START


@dataclass(frozen=True)
class Stored:
    """The outcome of a batch.

    new, known: numbers of votes; rejected: rows that contradict what is stored; new_models: names that no entry had.
    texts: those of the new votes that were stored, by battle.
    """

    new: int
    known: int
    rejected: Sequence[RefusedRow]
    new_models: tuple[str, ...]
    texts: Mapping[UUID, Sequence[TurnTexts]] = field(default_factory=dict)


def rehearse(arrivals: Sequence[Arrival], *, last_vote: int) -> Stored:
    """Return what `store_votes` would, and store nothing."""
    found = sort_out(arrivals, last_vote=last_vote)
    names = new_names((arrival.vote for _, arrival in found.new), LanguageModel.objects.by_any_name())
    return _outcome(found, names)


@transaction.atomic
def store_votes(
    arrivals: Sequence[Arrival], source: ImportedSet, *, last_vote: int, with_texts: bool, now: datetime
) -> Stored:
    """Store the votes that are new here, in their order, each with a PendingVote row, and return the outcome.

    last_vote: as in sort_out. now: the time of votes that have none. Models that no entry has become entries that are
    never drawn.
    """
    # One batch at a time, of whatever source: two imports would both find the same row, or model, missing.
    list(ImportedSet.objects.select_for_update().order_by("pk"))
    found = sort_out(arrivals, last_vote=last_vote)
    batch = _Batch(found.new, source, now)
    batch.write()
    if not with_texts:
        return _outcome(found, batch.new_models)
    batch.write_texts()
    return replace(_outcome(found, batch.new_models), texts=batch.texts)


def new_names(votes: Iterable[VoteRecord], known: EntryNames) -> tuple[str, ...]:
    """Return the names that no entry has, each once, in the spelling that came first."""
    spellings: dict[str, str] = {}
    for name in (name for vote in votes for name in (vote.model_a, vote.model_b)):
        spellings.setdefault(folded(name), name)
    return tuple(name for key, name in spellings.items() if key not in known.pks)


def _outcome(found: Sorted, names: tuple[str, ...]) -> Stored:
    return Stored(len(found.new), found.known, found.rejected, names)


class _Batch:
    """The rows of a batch in which no vote is stored yet."""

    def __init__(self, arrivals: Sequence[tuple[UUID, Arrival]], source: ImportedSet, now: datetime) -> None:
        self._arrivals, self._source, self._now = arrivals, source, now
        self._models, self.new_models = self._with_new_models()

    def write(self) -> None:
        insert_rows(Voter, ("id", "key_digest", "created"), self._voter_rows(), ignore_conflicts=True)
        # In the order of the key, because the ids are random: fewer pages of its index are written twice.
        insert_rows(Battle, _BATTLE, sorted(self._battle_rows(), key=lambda row: row[0].bytes))
        before = newest(Vote)
        insert_rows(Vote, _VOTE, self._vote_rows())
        ids = dict(Vote.objects.filter(pk__gt=before).values_list("battle", "pk"))
        insert_rows(VoteExclusion, _EXCLUSION, self._exclusion_rows(ids))
        insert_rows(PendingVote, ("vote_id",), ((ids[battle],) for battle, _ in self._arrivals))

    def write_texts(self) -> None:
        turns = [
            (battle, number, turn, self._time(arrival))
            for battle, arrival in self._arrivals
            for number, turn in enumerate(arrival.vote.turns, start=1)
        ]
        rows, before = ((battle, number, turn.user_text, at) for battle, number, turn, at in turns), newest(Turn)
        insert_rows(Turn, ("battle_id", "number", "user_text", "created"), rows)
        stored = Turn.objects.filter(pk__gt=before)
        ids = {(battle, number): pk for battle, number, pk in stored.values_list("battle", "number", "pk")}
        insert_rows(
            Answer,
            ("turn_id", "slot", "state", "queue", "queued_at", "seed", "text", "finished_at"),
            (
                (ids[battle, number], slot, AnswerState.DONE, "", at, 0, text, at)
                for battle, number, turn, at in turns
                for slot, text in ((Slot.A, turn.answer_a), (Slot.B, turn.answer_b))
            ),
        )

    @property
    def texts(self) -> dict[UUID, Sequence[TurnTexts]]:
        """Return the turns of each battle that has any."""
        return {battle: arrival.vote.turns for battle, arrival in self._arrivals if arrival.vote.turns}

    def _with_new_models(self) -> tuple[dict[str, int], tuple[str, ...]]:
        known = LanguageModel.objects.by_any_name()
        missing = new_names((arrival.vote for _, arrival in self._arrivals), known)
        added = {folded(name): _add_entry(name).pk for name in missing}
        return known.pks | added, missing

    @cached_property
    def _voters(self) -> dict[str, UUID]:
        """Return ids by judge: one pseudonym for each, and one for all whom the file does not name."""
        judges = {arrival.vote.judge for _, arrival in self._arrivals}
        return {judge: self._source.voter_id(judge) for judge in judges}

    def _time(self, arrival: Arrival) -> datetime:
        return arrival.vote.cast_at or self._now

    def _voter_rows(self) -> Iterator[tuple[object, ...]]:
        # No browser's key has such a digest.
        return ((id, f"imported {id.hex}", self._now) for id in self._voters.values())

    def _battle_rows(self) -> Iterator[tuple[object, ...]]:
        for battle, arrival in self._arrivals:
            vote, at = arrival.vote, self._time(arrival)
            models = self._models[folded(vote.model_a)], self._models[folded(vote.model_b)]
            voter = self._voters[vote.judge]
            yield battle, BattleKind.IMPORTED, voter, *models, 1.0, "", self._source.pk, vote.id, at

    def _vote_rows(self) -> Iterator[tuple[object, ...]]:
        for battle, arrival in self._arrivals:
            vote, seen = arrival.vote, max(1, len(arrival.vote.turns))
            voter = self._voters[vote.judge]
            yield battle, voter, vote.choice, vote.score, Source.IMPORTED, self._time(arrival), seen, START, START

    def _exclusion_rows(self, ids: dict[UUID, int]) -> Iterator[tuple[object, ...]]:
        for battle, arrival in self._arrivals:
            if arrival.vote.weight != 1:
                yield ids[battle], "imported", "1", arrival.vote.weight, "import_votes", self._now


_BATTLE = (
    "id",
    "kind",
    "voter_id",
    "model_a_id",
    "model_b_id",
    "pair_probability",
    "consent_version",
    "imported_from_id",
    "outside_id",
    "created",
)
_VOTE = ("battle_id", "voter_id", "choice", "score", "source", "cast_at", "turns_seen", "elo_a", "elo_b")
_EXCLUSION = ("vote_id", "rule", "rule_version", "weight", "by", "at")


def _add_entry(name: str) -> LanguageModel:
    return LanguageModel.objects.create(
        slug=LanguageModel.objects.free_slug(name, nameless="imported"),
        display_name=name,
        kind=Kind.IMPORTED,
        state=State.RETIRED,
        backend="none",
    )
