"""Checked values of single fields of a row."""

import ast
import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from arena.formats.cells import named
from arena.formats.refusals import Unusable
from arena.formats.votes.base import Row
from ratings import vocabulary

#: Characters that no database stores: PostgreSQL refuses a null, and half a character is not UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BETWEEN_OBJECTS = re.compile(r"\}\s*\n\s*\{")
#: The column of points of side A that the arena's own exports have, and what each choice is worth.
SCORE = "score_of_a"
POINTS = {"model_a": 1.0, "model_b": 0.0, "tie": 0.5, "both_bad": 0.5}
#: A larger number would be later than the year 5000 in seconds, so it is milliseconds.
_MILLISECONDS = 1e11


def pair(row: Row, first: str = "model_a", second: str = "model_b") -> tuple[str, str]:
    """Return the names of two different models. Raises Unusable."""
    a, b = _name(row, first), _name(row, second)
    if a == b:
        raise Unusable(f"both models are {a!r}")
    return a, b


def choice(value: Any, pair: tuple[str, str], words: Mapping[str, str] | None = None) -> str:
    """Return the choice that the winner says, such as "model_a". Raises Unusable.

    words: what the file's own words mean.
    """
    known = vocabulary.choice(value, model_a=pair[0], model_b=pair[1], words=words)
    if known is None:
        raise Unusable(f"its winner is {value!r:.60}, not {', '.join(vocabulary.CHOICES)} or one of the two names")
    return known


def label(row: Row, *keys: str) -> str:
    """Return the first of these fields that is filled, as text: an id, or who judged."""
    for key in keys:
        value = row.get(key)
        if value not in (None, ""):
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            return named(text, key)
    return ""


def moment(row: Row, *keys: str) -> datetime | None:
    """Return the time in the first of these fields that is filled.

    It may be seconds since 1970, ISO 8601 or a time; without a zone it is UTC. Raises Unusable.
    """
    for key in keys:
        value = row.get(key)
        if value not in (None, "") and value == value:
            try:
                return _moment(value)
            except (ValueError, TypeError, OverflowError, OSError):
                raise Unusable(f"{key!r} is no time: {value!r:.60}") from None
    return None


def weight(row: Row) -> float:
    """Return what the vote counted for where it comes from: 1 unless the file says less. Raises Unusable."""
    share = _share(row, "weight")
    return 1.0 if share is None else share


def score(row: Row, choice: str) -> float | None:
    """Return the points of side A where they lie between those of two choices; None where the choice says them.

    Raises Unusable where they prefer another side than the choice does.
    """
    points = _share(row, SCORE)
    if points is None or points == POINTS[choice]:
        return None
    if nearest(points) != choice and choice != "tie":
        raise Unusable(f"its {SCORE!r} is {points:g} and its winner {choice}")
    return points


def choice_of_score(row: Row) -> str:
    """Return the choice that the points of side A are nearest to. Raises Unusable where there are none."""
    points = _share(row, SCORE)
    if points is None:
        raise Unusable("its score is missing")
    return nearest(points)


def nearest(points: float) -> str:
    """Return the choice that points of side A in [0, 1] are nearest to: a tie for a half alone."""
    return "tie" if points == POINTS["tie"] else "model_a" if points > POINTS["tie"] else "model_b"


def _share(row: Row, key: str) -> float | None:
    value = row.get(key)
    if value is None or value == "" or value != value:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 1:
        raise Unusable(f"its {key} is {value!r:.60}, not between 0 and 1")
    return number


def text(value: Any) -> str:
    """Return text that can be stored; empty for a null."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable("a message is not text")
    # Most texts are ASCII, of which Python knows it without a look at each sign.
    return value if value.isascii() and "\0" not in value else _UNSTORABLE.sub("\ufffd", value)


def refuse_if_names_were_seen(row: Row) -> None:
    """Raise Unusable where the voter saw who answers, as data sets of LMSYS say in any format."""
    if vocabulary.is_false(row.get("anony", True)):
        raise Unusable("its voter saw the names of the models (anony is false)")


def refuse_if_not_sampled(row: Row) -> None:
    """Raise Unusable where LMSYS leaves the vote out of its own board, because the prompt is among the commonest."""
    tag = nested(row.get("dedup_tag")) if row.get("dedup_tag") else None
    if isinstance(tag, dict) and tag.get("sampled") is False:
        raise Unusable("its prompt is so frequent that LMSYS leaves it out (dedup_tag is not sampled)")


def nested(value: Any) -> Any:
    """Return the lists and objects of a field, also from JSON, or as tables of pandas have them: as Python writes them.

    Raises Unusable for other text.
    """
    if not isinstance(value, str):
        return value
    with suppress(ValueError, RecursionError):
        return json.loads(value)
    # A list that was an array of NumPy has no commas between its objects.
    for written in (value, _BETWEEN_OBJECTS.sub("}, {", value)):
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            return ast.literal_eval(written)
    raise Unusable(f"it has a field that is neither a list nor JSON: {value!r:.60}")


def _name(row: Row, key: str) -> str:
    value = row.get(key)
    return named(value.strip() if isinstance(value, str) else "", key)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        seconds = float(value)
    except ValueError:
        return _moment(datetime.fromisoformat(value))
    return datetime.fromtimestamp(seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds, UTC)
