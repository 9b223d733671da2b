"""Writes the golden files anew: `python -m tests.ratings.golden.make` (seconds; the same files every time).

Each holds votes drawn from a seed and their exact answers: ratings and online Elo in points, variances in points
squared, tie parameters as their formulas have them. Numbers are the doubles nearest to the exact decimals.
"""

import json
from decimal import Decimal, localcontext
from math import exp
from pathlib import Path
from random import Random

from tests.ratings.golden import exact
from tests.ratings.golden.exact import Votes

FOLDER = Path(__file__).parent
A, B, TIE = range(3)
SPREADS = [Decimal(spread) for spread in ("0.08", "0.1", "0.12", "0.15", "0.18", "0.22", "0.27", "0.33", "0.41", "0.5")]
SPREADS += [Decimal(spread) for spread in ("0.61", "0.75", "0.92", "1.12", "1.37", "1.67", "2.05", "2.5")]
SCALE_OF_SPREADS = Decimal("0.6")


def draw(seed, strengths, n_votes, *, popularity=None, ties=0.3, allowed=lambda a, b: True):
    """Rows (a, b, outcome) of models drawn by popularity, where allowed; half of the ties are both bad."""
    rng, rows = Random(seed), []
    popularity = popularity or [1.0] * len(strengths)
    while len(rows) < n_votes:
        a, b = pick(popularity, rng), pick(popularity, rng)
        if a == b or not allowed(a, b):
            continue
        if rng.random() < ties:
            rows.append((a, b, TIE + (rng.random() < 0.5)))
        else:
            rows.append((a, b, A if rng.random() < 1 / (1 + exp(strengths[b] - strengths[a])) else B))
    return rows


def pick(popularity, rng):
    # Only random() is promised to give the same numbers in every Python.
    luck = rng.random() * sum(popularity)
    for model, share in enumerate(popularity):
        luck -= share
        if luck < 0:
            return model
    return len(popularity) - 1


def spread(n, widest):
    return [widest * (2 * i / (n - 1) - 1) for i in range(n)]


def dense():
    return 5, draw(1, spread(5, 0.8), 40)


def sparse():
    return 20, draw(2, spread(20, 1.2), 600, popularity=[1 / (1 + 7 * i % 20) for i in range(20)])


def bridge():
    """Two clusters of six that only three votes join."""
    strengths = [*spread(6, 1.0), *spread(6, 0.7)]
    inside = draw(3, strengths, 240, allowed=lambda a, b: (a < 6) == (b < 6))
    return 12, [*inside[:100], (1, 8, A), (9, 4, A), *inside[100:], (0, 7, B)]


def ties():
    return 8, draw(4, spread(8, 1.5), 300, ties=0.6)


def weighted():
    rng = Random(5)
    return 8, [(*row, round(2 * rng.random(), 3)) for row in draw(5, spread(8, 1.0), 250)]


def newcomers():
    """Ten rated models, six that cannot be rated as they are, two elsewhere, and one without votes."""
    rows = draw(6, spread(10, 1.0), 400)
    rows += [(10, rival, A) for rival in (0, 3, 5, 7, 9)]
    rows += [(2, 11, A), (11, 6, B), (8, 11, A)]
    rows += [(12, 4, TIE), (13, 1, A)]
    return 17, [*rows, *[(14, 15, A)] * 3, (15, 14, A), (14, 15, TIE)]


NEWCOMERS = {10: "undefeated", 11: "winless", 12: "few_votes", 13: "undefeated"}
ISLAND = (14, 15)
SETS = {make.__name__: make for make in (dense, sparse, bridge, ties, weighted, newcomers)}


def text(name):
    """The golden file of this name."""
    models, rows = SETS[name]()
    votes = votes_of(models, rows)
    with localcontext() as context:
        context.prec = exact.DIGITS
        answers = board(votes) if name == "newcomers" else fits(votes)
        answers |= {"elo": numbers(exact.elo(votes))}
    columns = dict(zip(("a", "b", "outcome", "weight"), zip(*rows, strict=True), strict=False))
    lines = [f'"{key}": {json.dumps(value)}' for key, value in ({"models": models} | columns | answers).items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def votes_of(models, rows):
    return Votes(models, tuple((a, b, outcome, Decimal(*weight or [1])) for a, b, outcome, *weight in rows))


def fits(votes):
    answers = {}
    for form, start in ((exact.half_win, None), (exact.davidson, 1), (exact.rao_kupper, 1)):
        name, (strengths, tie) = form.__name__, exact.maximum(votes, form, tie=start)
        answers |= {
            name: points(strengths),
            f"{name}_sandwich": squared(exact.variances(votes, form, (strengths, tie))),
        }
        if start is None:
            answers |= {"hc3": squared(exact.variances(votes, form, (strengths, tie), is_freed=True))}
            answers |= {"shrunk": points(exact.shrunk(votes, SPREADS, SCALE_OF_SPREADS))}
        else:
            answers |= {f"{name}_tie": float(tie.exp())}
    return answers


def board(votes):
    """Status, reason and group by what each model was made to be; the rated and the newcomers with their ratings."""
    core, island = (among(votes, models) for models in (range(10), ISLAND))
    strengths = exact.centred(exact.maximum(core, exact.half_win)[0])
    rating = points(strengths) + numbers(
        exact.START + exact.in_points(exact.provisional(votes, model, strengths)) for model in NEWCOMERS
    )
    met, apart = (exact.shrunk(among(votes, models), SPREADS, SCALE_OF_SPREADS) for models in (range(14), ISLAND))
    return {
        "shrunk": [*points(met), *points(apart), None],
        "rating": [*rating, *points(exact.maximum(island, exact.half_win)[0]), None],
        "status": [*["rated"] * 10, *["provisional"] * len(NEWCOMERS), "rated", "rated", "unrated"],
        "reason": [*[None] * 10, *NEWCOMERS.values(), None, None, None],
        "group": [*[0] * 14, 1, 1, -1],
    }


def among(votes, models):
    place = {model: i for i, model in enumerate(models)}
    rows = [(place[a], place[b], *rest) for a, b, *rest in votes.rows if a in place and b in place]
    return Votes(len(place), tuple(rows))


def points(strengths):
    return numbers(exact.START + exact.in_points(strength) for strength in exact.centred(strengths))


def squared(variances):
    return numbers(exact.in_points(exact.in_points(variance)) for variance in variances)


def numbers(decimals):
    return [float(decimal) for decimal in decimals]


if __name__ == "__main__":
    for name in SETS:
        (FOLDER / f"{name}.json").write_text(text(name), encoding="utf-8")
