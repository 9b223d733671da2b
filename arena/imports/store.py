"""The storing of a batch of votes that were cast elsewhere: all of it, or nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid5

from django.db import transaction

from arena.formats.votes.base import VoteRecord
from arena.models import Answer, Battle, ImportedSet, LanguageModel, PendingVote, Turn, Vote, VoteExclusion, Voter
from arena.models.answers import AnswerState, Slot
from arena.models.battles import BattleKind
from arena.models.catalog import EntryNames, Kind, State, folded
from arena.models.inserting import insert_rows
from arena.models.voters import OUTSIDE
from arena.models.votes import Source
from ratings.scale import START


@dataclass(frozen=True, slots=True)
class Arrival:
    """A vote, the number of its row, and the id that its battle has or will have."""

    battle_id: UUID
    row: int
    vote: VoteRecord


@dataclass(frozen=True)
class Stored:
    """The outcome of a batch: how many votes were not stored before, and the names that no entry had."""

    new: int
    new_models: tuple[str, ...]


def arrival_of(vote: VoteRecord, *, source: str, row: int) -> Arrival:
    """Return the vote with the id of its battle: its own id if that is a UUID.

    Else the id is made of the source's name and the vote's id, or the number of its row where it has none.
    """
    try:
        return Arrival(UUID(vote.id), row, vote)
    except ValueError:
        name = f"{source}\nid {vote.id}" if vote.id else f"{source}\nrow {row}"
        return Arrival(uuid5(OUTSIDE, name), row, vote)


def known_among(arrivals: Iterable[Arrival]) -> set[UUID]:
    """Return the ids of those battles that are stored already."""
    return set(Battle.objects.filter(pk__in=[arrival.battle_id for arrival in arrivals]).values_list("pk", flat=True))


def new_names(arrivals: Iterable[Arrival], known: EntryNames) -> tuple[str, ...]:
    """Return the names that no entry has, each once, in the spelling that came first."""
    names = (name for arrival in arrivals for name in (arrival.vote.model_a, arrival.vote.model_b))
    spellings: dict[str, str] = {}
    for name in names:
        spellings.setdefault(folded(name), name)
    return tuple(name for key, name in spellings.items() if key not in known.pks)


@transaction.atomic
def store_votes(arrivals: Sequence[Arrival], source: ImportedSet, *, with_texts: bool, now: datetime) -> Stored:
    """Store the votes that are new here, in their order, each with a PendingVote row, and return the outcome.

    now: the time of votes that have none. Models that no entry has become entries that are never drawn.
    """
    # One batch at a time, of whatever source: two imports would both find the same row, or model, missing.
    list(ImportedSet.objects.select_for_update().order_by("pk"))
    known = known_among(arrivals)
    new = list({arrival.battle_id: arrival for arrival in arrivals if arrival.battle_id not in known}.values())
    batch = _Batch(new, source, now)
    batch.write()
    if with_texts:
        batch.write_texts()
    return Stored(len(new), batch.new_models)


class _Batch:
    """The rows of a batch in which no vote is stored yet."""

    def __init__(self, arrivals: list[Arrival], source: ImportedSet, now: datetime) -> None:
        self._arrivals, self._source, self._now = arrivals, source, now
        self._models, self.new_models = self._with_new_models()

    def write(self) -> None:
        insert_rows(Voter, ("id", "key_digest", "created"), self._voter_rows(), ignore_conflicts=True)
        # In the order of the key, because the ids are random: fewer pages of its index are written twice.
        insert_rows(Battle, _BATTLE, sorted(self._battle_rows(), key=lambda row: row[0].bytes))
        insert_rows(Vote, _VOTE, self._vote_rows())
        votes = Vote.objects.filter(battle__in=[arrival.battle_id for arrival in self._arrivals])
        ids = dict(votes.values_list("battle", "pk"))
        insert_rows(VoteExclusion, _EXCLUSION, self._exclusion_rows(ids))
        insert_rows(PendingVote, ("vote_id",), ((ids[arrival.battle_id],) for arrival in self._arrivals))

    def write_texts(self) -> None:
        turns = Turn.objects.bulk_create(
            Turn(battle_id=arrival.battle_id, number=number, user_text=turn.user_text, created=self._time(arrival))
            for arrival in self._arrivals
            for number, turn in enumerate(arrival.vote.turns, start=1)
        )
        written = (turn for arrival in self._arrivals for turn in arrival.vote.turns)
        insert_rows(
            Answer,
            ("turn_id", "slot", "state", "queue", "queued_at", "seed", "text", "finished_at"),
            (
                (row.pk, slot, AnswerState.DONE, "", row.created, 0, text, row.created)
                for row, turn in zip(turns, written, strict=True)
                for slot, text in ((Slot.A, turn.answer_a), (Slot.B, turn.answer_b))
            ),
        )

    def _with_new_models(self) -> tuple[dict[str, int], tuple[str, ...]]:
        known = LanguageModel.objects.by_any_name()
        missing = new_names(self._arrivals, known)
        added = {folded(name): _add_entry(name).pk for name in missing}
        return known.pks | added, missing

    @cached_property
    def _voters(self) -> dict[str, UUID]:
        """Return ids by judge: one pseudonym for each, and one for all whom the file does not name."""
        judges = {arrival.vote.judge for arrival in self._arrivals}
        return {judge: self._source.voter_id(judge) for judge in judges}

    def _time(self, arrival: Arrival) -> datetime:
        return arrival.vote.cast_at or self._now

    def _voter_rows(self) -> Iterator[tuple[object, ...]]:
        # No browser's key has such a digest.
        return ((id, f"imported {id.hex}", self._now) for id in self._voters.values())

    def _battle_rows(self) -> Iterator[tuple[object, ...]]:
        for arrival in self._arrivals:
            vote, at = arrival.vote, self._time(arrival)
            models = self._models[folded(vote.model_a)], self._models[folded(vote.model_b)]
            voter = self._voters[vote.judge]
            yield arrival.battle_id, BattleKind.IMPORTED, voter, *models, 1.0, "", self._source.pk, vote.id, at

    def _vote_rows(self) -> Iterator[tuple[object, ...]]:
        for arrival in self._arrivals:
            vote, seen = arrival.vote, max(1, len(arrival.vote.turns))
            voter = self._voters[vote.judge]
            yield arrival.battle_id, voter, vote.choice, Source.IMPORTED, self._time(arrival), seen, START, START

    def _exclusion_rows(self, ids: dict[UUID, int]) -> Iterator[tuple[object, ...]]:
        for arrival in self._arrivals:
            if arrival.vote.weight != 1:
                yield ids[arrival.battle_id], "imported", "1", arrival.vote.weight, "import_votes", self._now


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
_VOTE = ("battle_id", "voter_id", "choice", "source", "cast_at", "turns_seen", "elo_a", "elo_b")
_EXCLUSION = ("vote_id", "rule", "rule_version", "weight", "by", "at")


def _add_entry(name: str) -> LanguageModel:
    return LanguageModel.objects.create(
        slug=LanguageModel.objects.free_slug(name, nameless="imported"),
        display_name=name,
        kind=Kind.IMPORTED,
        state=State.RETIRED,
        backend="none",
    )
