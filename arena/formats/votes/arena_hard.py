"""Arena-Hard's model_judgment: a judge model compares a model with a baseline in two games, with the sides swapped.

In the first game the baseline is A, in the second the model. Each is a vote. A much better answer (A>>B) is a win like
any other: Arena-Hard counts it three times, which makes intervals narrower than the judgments are.
"""

from collections.abc import Iterable, Iterator

from arena.formats.refusals import Unusable
from arena.formats.votes.base import Numbered, Row, VoteFormat, VoteRecord
from arena.formats.votes.fields import label, pair

_NEEDS = frozenset({"model", "judge", "games"})
#: Of the first version, whose files do not say it.
_BASELINE = "gpt-4-0314"
_SCORES = {"A>>B": "model_a", "A>B": "model_a", "A=B": "tie", "B>A": "model_b", "B>>A": "model_b"}
_GAME, _PLACE = "game", "place"


def _one_for_each_game(rows: Iterable[Numbered]) -> Iterator[Numbered]:
    for number, row in rows:
        games = None if isinstance(row, str) else row.get("games")
        if isinstance(row, str) or not isinstance(games, list) or len(games) != 2:
            yield number, row if isinstance(row, str) else "it has not two games"
        else:
            yield from ((number, {**row, _GAME: game, _PLACE: place}) for place, game in enumerate(games))


def _read(row: Row) -> VoteRecord:
    score = row[_GAME].get("score") if isinstance(row[_GAME], dict) else None
    choice = _SCORES.get(str(score).strip())
    if choice is None:
        raise Unusable(f"its judge gave no verdict in game {row[_PLACE] + 1}: {score!r:.60}")
    sides = (row.get("baseline") or _BASELINE, row["model"])
    a, b = pair(dict(zip(("model_a", "model_b"), sides[:: -1 if row[_PLACE] else 1], strict=True)))
    return VoteRecord(a, b, choice, id=label(row, "uid", "question_id"), judge=label(row, "judge"))


FORMAT = VoteFormat(
    "arena-hard-judgments",
    _NEEDS,
    _NEEDS | {"baseline", "uid", "question_id", _GAME, _PLACE},
    _read,
    rows=_one_for_each_game,
    note="A>>B is one win, not three as Arena-Hard counts it.",
)
