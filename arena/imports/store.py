"""Write a batch of votes that were cast elsewhere: all of it, or nothing."""

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
from arena.models.votes import Source
from ratings.scale import START

#: Of ids that are made from names: the same name gives the same id in every arena.
_NAMESPACE = UUID("6f0b1f57-52f1-4f0e-9d0c-3a8f5f3f7b1e")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A vote, the number of its row, and the id that its battle has or will have."""

    battle_id: UUID
    row: int
    vote: VoteRecord


@dataclass(frozen=True)
class Stored:
    """How many votes were not there before, and the names that no entry had."""

    new: int
    new_models: tuple[str, ...]


def arrival(vote: VoteRecord, *, source: str, row: int) -> Arrival:
    """An id that is a UUID is the battle's; another one, or the number of the row, makes one with the source's name."""
    try:
        return Arrival(UUID(vote.id), row, vote)
    except ValueError:
        name = f"{source}\nid {vote.id}" if vote.id else f"{source}\nrow {row}"
        return Arrival(uuid5(_NAMESPACE, name), row, vote)


def known_among(arrivals: Iterable[Arrival]) -> set[UUID]:
    """The battles that are there already."""
    return set(Battle.objects.filter(pk__in=[it.battle_id for it in arrivals]).values_list("pk", flat=True))


def new_names(arrivals: Iterable[Arrival], known: EntryNames) -> tuple[str, ...]:
    """Return the names that no entry has, each once, in the spelling that came first."""
    names = (name for it in arrivals for name in (it.vote.model_a, it.vote.model_b))
    spellings: dict[str, str] = {}
    for name in names:
        spellings.setdefault(folded(name), name)
    return tuple(name for key, name in spellings.items() if key not in known.pks)


@transaction.atomic
def store_votes(arrivals: Sequence[Arrival], source: ImportedSet, *, with_texts: bool, now: datetime) -> Stored:
    """Those that are not there yet, in their order, each with a PendingVote row. now: the time of those without one.

    Models that no entry has become entries that are never drawn.
    """
    # One batch at a time, of whatever source: two imports would both find the same row, or model, missing.
    list(ImportedSet.objects.select_for_update().order_by("pk"))
    known = known_among(arrivals)
    new = list({it.battle_id: it for it in arrivals if it.battle_id not in known}.values())
    batch = _Batch(new, source, now)
    batch.write()
    if with_texts:
        batch.write_texts()
    return Stored(len(new), batch.new_models)


class _Batch:
    def __init__(self, arrivals: list[Arrival], source: ImportedSet, now: datetime) -> None:
        self._arrivals, self._source, self._now = arrivals, source, now
        self._models, self.new_models = self._with_new_models()

    def write(self) -> None:
        insert_rows(Voter, ("id", "key_digest", "created"), self._voter_rows(), ignore_conflicts=True)
        # In the order of the key, because the ids are random: fewer pages of its index are written twice.
        insert_rows(Battle, _BATTLE, sorted(self._battle_rows(), key=lambda row: row[0].bytes))
        insert_rows(Vote, _VOTE, self._vote_rows())
        ids = dict(Vote.objects.filter(battle__in=[it.battle_id for it in self._arrivals]).values_list("battle", "pk"))
        insert_rows(VoteExclusion, _EXCLUSION, self._exclusion_rows(ids))
        insert_rows(PendingVote, ("vote_id",), ((ids[it.battle_id],) for it in self._arrivals))

    def write_texts(self) -> None:
        turns = Turn.objects.bulk_create(
            Turn(battle_id=it.battle_id, number=number, user_text=turn.user_text, created=self._time(it))
            for it in self._arrivals
            for number, turn in enumerate(it.vote.turns, start=1)
        )
        written = (turn for it in self._arrivals for turn in it.vote.turns)
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
        """Ids by judge: one pseudonym for each, and one for all whom the file does not name."""
        judges = {it.vote.judge for it in self._arrivals}
        return {judge: uuid5(_NAMESPACE, f"{self._source.name}\njudge {judge}") for judge in judges}

    def _time(self, it: Arrival) -> datetime:
        return it.vote.cast_at or self._now

    def _voter_rows(self) -> Iterator[tuple[object, ...]]:
        # No browser's key has such a digest.
        return ((id, f"imported {id.hex}", self._now) for id in self._voters.values())

    def _battle_rows(self) -> Iterator[tuple[object, ...]]:
        for it in self._arrivals:
            vote, at = it.vote, self._time(it)
            models = self._models[folded(vote.model_a)], self._models[folded(vote.model_b)]
            voter = self._voters[vote.judge]
            yield it.battle_id, BattleKind.IMPORTED, voter, *models, 1.0, "", self._source.pk, vote.id, at

    def _vote_rows(self) -> Iterator[tuple[object, ...]]:
        for it in self._arrivals:
            vote, seen = it.vote, max(1, len(it.vote.turns))
            voter = self._voters[vote.judge]
            yield it.battle_id, voter, vote.choice, Source.IMPORTED, self._time(it), seen, START, START

    def _exclusion_rows(self, ids: dict[UUID, int]) -> Iterator[tuple[object, ...]]:
        for it in self._arrivals:
            if it.vote.weight != 1:
                yield ids[it.battle_id], "imported", "1", it.vote.weight, "import_votes", self._now


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
