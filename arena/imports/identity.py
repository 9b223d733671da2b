"""The identity of a vote that was cast elsewhere: what it says, not where in its file it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID, uuid5

from arena.formats.votes.base import VoteRecord
from arena.imports.repeats import Repeats
from arena.models.voters import OUTSIDE


@dataclass(frozen=True, slots=True)
class Arrival:
    """A vote with its row, and the ids under which its battle may be stored.

    id: made of what the vote says; own_id: what its file calls it, where that is a UUID: the battle's own then.
    is_first: no earlier row of its file has that own_id; is_repeat: one has, and says the same.
    old_ids: those that earlier versions gave to votes of its source.
    """

    row: int
    vote: VoteRecord
    id: UUID
    own_id: UUID | None
    is_first: bool
    is_repeat: bool
    old_ids: tuple[UUID, ...] = ()


class Identities:
    """The identities of the rows of one file, which come in their order."""

    def __init__(self, source: str, *, old_sources: Sequence[str] = ()) -> None:
        """old_sources: names under which an earlier version may have stored the file, by the numbers of its rows."""
        self._source, self._old_sources = source, old_sources
        self._equal, self._of_one_id = Repeats(), Repeats()

    def arrivals(self, rows: Sequence[tuple[int, VoteRecord]]) -> list[Arrival]:
        """Return the next rows as arrivals; a row that says the same as earlier ones is the next of them."""
        said = [_said(vote, self._source) for _, vote in rows]
        own = [_own_id(vote.id) for _, vote in rows]
        earlier = iter(self._of_one_id.before([_digest(id.bytes) for id in own if id]))
        return [
            Arrival(
                row,
                vote,
                UUID(bytes=_digest(digest + nth.to_bytes(8, "big")), version=5),
                own_id,
                is_first=own_id is not None and next(earlier) == 0,
                is_repeat=own_id is not None and nth > 0,
                old_ids=tuple(_old_id(vote, source, row) for source in self._old_sources),
            )
            for (row, vote), digest, own_id, nth in zip(rows, said, own, self._equal.before(said), strict=True)
        ]


def _said(vote: VoteRecord, source: str) -> bytes:
    """Return the digest of all that tells a vote from others of its source."""
    cast_at = vote.cast_at.isoformat() if vote.cast_at else ""
    choice = vote.choice if vote.score is None else f"{vote.choice} {vote.score!r}"
    facts = "\n".join((source, vote.id, vote.judge, vote.model_a, vote.model_b, choice, cast_at))
    texts = "\0".join(text for turn in vote.turns for text in (turn.user_text, turn.answer_a, turn.answer_b))
    return _digest(f"{facts}\n\n{texts}".encode())


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()


def _own_id(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) >= 32 else None
    except ValueError:
        return None


def _old_id(vote: VoteRecord, source: str, row: int) -> UUID:
    return uuid5(OUTSIDE, f"{source}\nid {vote.id}" if vote.id else f"{source}\nrow {row}")
