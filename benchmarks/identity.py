"""What the identity of votes by what they say costs an import: `python -m benchmarks.identity FILE`.

It needs a new arena's ARENA_VAR. Both times are of one run: of the whole import, and of its part for identity.
"""

import sys
import time
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from arena.formats.votes.base import VoteRecord  # noqa: E402
from arena.formats.votes.reading import VoteFile  # noqa: E402
from arena.imports.identity import Identities  # noqa: E402
from arena.imports.known import sort_out  # noqa: E402
from arena.imports.votes import BATCH_ROWS, import_votes  # noqa: E402


def main() -> None:
    path = Path(sys.argv[1])
    own = identity(path)
    start = time.process_time()
    done = import_votes(path, now=timezone.now())
    rest = time.process_time() - start - own
    print(
        f"identity by content, {path.name:25}{done.new:10,}{own:10.2f} s beside {rest:.2f} s: {own / rest:.1%}",
        flush=True,
    )


def identity(path: Path) -> float:
    """Return the seconds that the digests and their look-up take, in batches as large as an import's."""
    votes = [row for row in VoteFile(path).votes() if isinstance(row, tuple)]
    identities, seconds = Identities("bench"), 0.0
    for start in range(0, len(votes), BATCH_ROWS):
        seconds += _seconds(identities, votes[start : start + BATCH_ROWS])
    return seconds


def _seconds(identities: Identities, batch: list[tuple[int, VoteRecord]]) -> float:
    start = time.process_time()
    sort_out(identities.arrivals(batch), last_vote=0)
    return time.process_time() - start


if __name__ == "__main__":
    main()
