"""Counted votes as the formats of the field carry them: under pseudonyms, and with personal data redacted."""

import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet

from arena.formats.votes.base import TurnTexts, VoteRecord
from arena.markup.languages import language_of
from arena.models import CountedVote, ImportedSet, LanguageModel, Turn
from arena.models.votes import Source
from arena.moderation.pii import redact
from arena.scoring.vote_features import turn_texts

AT_ONCE = 500
_VOTE = ("weight", "vote__choice", "vote__score", "vote__voter", "vote__cast_at", "vote__battle")
_COLUMNS = (*_VOTE, "vote__battle__imported_from__name")
_BATTLE = _COLUMNS.index("vote__battle")
_MODELS = ("vote__battle__model_a", "vote__battle__model_b")


def exportable(*, with_imported: bool) -> "QuerySet[CountedVote]":
    """Return the votes of voters who accepted the notice, which tells of exports, and imported votes if asked for.

    They come in the order of counting.
    """
    consented = Q(vote__battle__consent_version__gt="")
    wanted = consented | Q(vote__source=Source.IMPORTED) if with_imported else consented
    # What is withheld is shown to nobody, here neither.
    withheld = Turn.objects.withheld().values("battle")
    return CountedVote.objects.filter(wanted).exclude(vote__battle__in=withheld).order_by("number")


class Records:
    """The votes as records, to iterate over, each with how often each kind of personal data was redacted in it.

    salt: makes the pseudonyms of voters; another one gives others. ids stay, so that one vote is one in every export.
    """

    def __init__(self, votes: "QuerySet[CountedVote]", *, salt: bytes) -> None:
        self._votes, self._salt = votes, salt
        self._names = names_by_entry()
        self._nobody = cache(lambda imported_set: ImportedSet(name=imported_set).nobody)

    def __iter__(self) -> Iterator[tuple[VoteRecord, Counter[str]]]:
        rows = self._votes.values_list(*_COLUMNS, *_MODELS).iterator(chunk_size=AT_ONCE)
        while chunk := list(islice(rows, AT_ONCE)):
            turns = turn_texts([row[_BATTLE] for row in chunk])
            for row in chunk:
                redacted: Counter[str] = Counter()
                yield self._record(row, [_redacted(turn, redacted) for turn in turns.get(row[_BATTLE], ())]), redacted

    def _record(self, row: tuple[Any, ...], turns: Sequence[TurnTexts]) -> VoteRecord:
        weight, choice, score, voter, cast_at, battle, imported_set, model_a, model_b = row
        is_known = imported_set is None or voter != self._nobody(imported_set)
        return VoteRecord(
            self._names[model_a],
            self._names[model_b],
            choice,
            id=str(battle),
            judge=hmac.digest(self._salt, voter.bytes, "sha256").hex()[:16] if is_known else "",
            cast_at=cast_at,
            score=score,
            weight=weight,
            turns=tuple(turns),
            language=language_of(turns[0].user_text) if turns else "",
        )


def names_by_entry() -> dict[int, str]:
    """Return the shown name of each entry by its pk; its slug where others are shown under the same name."""
    cards = list(LanguageModel.objects.values_list("pk", "display_name", "slug"))
    shown = Counter(name for _, name, _ in cards)
    return {pk: name if shown[name] == 1 else slug for pk, name, slug in cards}


def _redacted(turn: TurnTexts, counts: Counter[str]) -> TurnTexts:
    """Return the turn with its texts redacted, and add to counts what was found."""
    texts = []
    for text in (turn.user_text, turn.answer_a, turn.answer_b):
        redacted, kinds = redact(text)
        texts.append(redacted)
        counts += kinds
    return TurnTexts(*texts)
