"""The votes that may go out, written into a folder with a card that says what they are."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce

from arena.exports.vote_records import Records, exportable
from arena.formats.exports.card import CARD, CardFacts, ErasedTexts, card
from arena.formats.exports.writing import FORMATS, writer
from arena.formats.votes.base import VoteRecord
from arena.models import CountedVote, RatingSnapshot
from arena.scoring.comparisons import WeightedVote, add_to_digest
from arena.version import version

#: Votes between two calls of on_progress.
PROGRESS_EVERY = 500


@dataclass
class Exported:
    """The outcome of an export.

    votes: how many were read; skipped: how many of them the format cannot carry; the others became `rows` rows.
    without_consent: counted votes that may not go out. digest: of the votes that went out, made as a board's, so that
    it is the board's where all of them did. redacted, models, voters, languages: of the votes that went out, as is
    by_nobody: how many have no known voter.
    """

    path: Path
    votes: int = 0
    rows: int = 0
    skipped: int = 0
    without_consent: int = 0
    digest: str = ""
    redacted: Counter[str] = field(default_factory=Counter)
    models: set[str] = field(default_factory=set)
    voters: set[str] = field(default_factory=set)
    by_nobody: int = 0
    languages: Counter[str] = field(default_factory=Counter)

    def add(self, record: VoteRecord, rows: int, redacted: Counter[str]) -> None:
        self.votes += 1
        self.rows += rows
        if not rows:
            self.skipped += 1
            return
        self.redacted += redacted
        self.models |= {record.model_a, record.model_b}
        if record.judge:
            self.voters.add(record.judge)
        else:
            self.by_nobody += 1
        self.languages[record.language] += 1
        vote = WeightedVote.of(0, record.id, 0, 0, record.choice, record.weight, score=record.score)
        self.digest = add_to_digest(self.digest, [vote])


def export_votes(
    name: str,
    folder: Path,
    *,
    salt: bytes,
    now: datetime,
    licence: str = "",
    with_imported: bool = False,
    on_progress: Callable[[int, int], object] = lambda done, of: None,
) -> Exported:
    """Write the file and its README.md into the folder, which is made if it is not there, and return the outcome.

    name: one of FORMATS; salt: see Records; licence: of the data, as an SPDX id; with_imported: votes from elsewhere
    too. on_progress: gets how many votes are done, and of how many.
    """
    format = FORMATS[name]
    votes = exportable(with_imported=with_imported)
    total, erased = _counts(votes)
    records, done = Records(votes, salt=salt), Exported(folder / format.file_name)
    done.without_consent = CountedVote.objects.count() - total
    folder.mkdir(parents=True, exist_ok=True)
    with writer(format, done.path) as write:
        for record, redacted in records:
            rows = list(format.rows(record))
            for row in rows:
                write(row)
            done.add(record, len(rows), redacted)
            if done.votes % PROGRESS_EVERY == 0 or done.votes == total:
                on_progress(done.votes, total)
    facts = _facts(done, _imported(votes), erased, licence=licence, now=now)
    (folder / CARD).write_text(card(format, facts), encoding="utf-8")
    return done


def _imported(votes: "QuerySet[CountedVote]") -> dict[str, int]:
    """Return how many votes come from elsewhere, by the name of their source."""
    name = "vote__battle__imported_from__name"
    imported = votes.exclude(vote__battle__imported_from=None).order_by(name).values_list(name)
    return dict(imported.annotate(votes=Count("pk")))


def _facts(
    done: Exported, imported: dict[str, int], erased: ErasedTexts | None, *, licence: str, now: datetime
) -> CardFacts:
    board = RatingSnapshot.objects.newest()
    return CardFacts(
        made=now,
        made_by=f"Agon {version()}",
        licence=licence,
        votes=done.votes - done.skipped,
        rows=done.rows,
        skipped=done.skipped,
        without_consent=done.without_consent,
        models=len(done.models),
        voters=len(done.voters),
        by_nobody=done.by_nobody,
        imported=imported,
        languages=dict(done.languages),
        redacted=dict(done.redacted),
        digest=done.digest,
        board=board.pk if board else None,
        board_digest=board.digest if board else "",
        erased=erased,
    )


def _counts(votes: "QuerySet[CountedVote]") -> tuple[int, ErasedTexts | None]:
    """Return how many votes there are, and what is told of texts that were erased."""
    # Before battles said when, only voters did.
    when = Coalesce("vote__battle__texts_erased_at", "vote__voter__erased_at")
    counts = {"total": Count("pk"), "votes": Count(when), "first": Min(when), "last": Max(when)}
    found = votes.order_by().aggregate(**counts)
    total = found.pop("total")
    return total, ErasedTexts(**found) if found["votes"] else None
