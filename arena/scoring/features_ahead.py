"""The features of votes that are being stored, found by a process beside: an import leaves it a core."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any
from uuid import UUID

from django.conf import settings

from arena.formats.votes.base import TurnTexts
from arena.scoring.text_features import VoteFeatures, with_texts
from arena.scoring.vote_features import features_of

#: Fewer votes at once are not worth the start of a process.
WORTH_A_PROCESS = 1_000
#: What nobody asks for, because another process has published it, is dropped.
MOST_KEPT = 50_000


class FeaturesAhead:
    """A process beside, from the first large batch to the end of the block. Without it, nothing is found ahead."""

    def __init__(self) -> None:
        self._found: dict[UUID, VoteFeatures] = {}
        self._under_way: list[UUID] = []
        self._beside: subprocess.Popen[str] | None = None
        # Other rules may need more of Django than that process has.
        self._may_begin = settings.CATEGORIES == "arena.categories"

    def __enter__(self) -> "FeaturesAhead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def begin(self, texts: Mapping[UUID, Sequence[TurnTexts]]) -> None:
        """Have the features of votes on these battles found. It waits for those of the last call."""
        kept = {battle: turns for battle, all_turns in texts.items() if (turns := with_texts(all_turns))}
        if self._may_begin and len(kept) >= WORTH_A_PROCESS:
            self._beside, self._may_begin = _process_beside(), False
        self._receive()
        if self._beside is not None and kept:
            self._send(list(kept.values()))
            self._under_way = list(kept)

    def features_of(self, battles: Sequence[UUID]) -> dict[UUID, VoteFeatures]:
        """Return what vote_features.features_of does, some of it found already."""
        self._receive()
        ahead = {battle: self._found.pop(battle) for battle in battles if battle in self._found}
        return ahead | features_of([battle for battle in battles if battle not in ahead])

    def _send(self, conversations: list[list[TurnTexts]]) -> None:
        plain = [[(turn.user_text, turn.answer_a, turn.answer_b) for turn in turns] for turns in conversations]
        if self._beside is not None and self._beside.stdin is not None:
            with suppress(OSError):  # it is gone, which is told when it should answer
                print(json.dumps(plain), file=self._beside.stdin, flush=True)

    def _receive(self) -> None:
        """Take what is under way. Always before the next is sent: both sides would wait for each other."""
        if self._beside is None or self._beside.stdout is None or not self._under_way:
            return
        if line := self._beside.stdout.readline():
            found = (
                VoteFeatures(tuple(keys), bytes.fromhex(style), prompt) for keys, style, prompt in json.loads(line)
            )
            self._found |= zip(self._under_way, found, strict=True)
        else:
            self._stop()
        self._under_way = []
        for battle in list(self._found)[:-MOST_KEPT]:
            del self._found[battle]

    def _stop(self) -> None:
        if self._beside is not None:
            self._beside.kill()
            self._beside.communicate()
        self._beside = None


def _read(found: Sequence[Any]) -> VoteFeatures:
    categories, style, prompt = found
    return VoteFeatures(tuple(categories), bytes.fromhex(style), prompt)


def _process_beside() -> "subprocess.Popen[str]":
    # A new one, not a fork: it needs none of what this process has in memory.
    return subprocess.Popen(
        [sys.executable, "-m", "arena.scoring.features_beside"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        encoding="ascii",
    )
