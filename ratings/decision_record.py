"""The record of a decision: a page that stands alone, with the date, the hash of the votes, the policy and versions."""

import hashlib
import json
import platform
import shlex
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import numpy
import scipy

from ratings.anytime import FEWEST_CLUSTERS, TUNED_TO, Gap
from ratings.decide import USUAL_GAP, Decision
from ratings.decision_words import sentences
from ratings.intervals import CONFIDENCE

WIDTH, HEIGHT, EDGE = 640.0, 84.0, 16.0  # of the drawing


@dataclass(frozen=True)
class Asked:
    """What was asked: the two names, the file, the columns, the words typed after `decide`, and when.

    rejected: rows of the file that are no votes.
    """

    candidate: str
    baseline: str
    votes: Path
    voter: str | None
    prompt: str | None
    typed: tuple[str, ...]
    now: datetime
    rejected: int = 0


def facts(decision: Decision, asked: Asked) -> dict[str, Any]:
    """Return all that another person needs to come to the same decision, as plain values."""
    return {
        "verdict": str(decision.verdict),
        "says": sentences(decision, asked.candidate, asked.baseline),
        "candidate": asked.candidate,
        "baseline": asked.baseline,
        "margin": decision.margin,
        "gap": None if decision.gap is None else _gap(decision.gap),
        "chance_to_be_decided": decision.chance,
        "chance_by_new_people": decision.chance_by_new_people,
        "with_more_votes": decision.more,
        "votes": {
            "all": decision.votes,
            "between": decision.between,
            "rejected_rows": asked.rejected,
            "file": asked.votes.name,
            "sha256": sha256(asked.votes.read_bytes()),
        },
        "policy": _policy(asked),
        "made": {
            "at": asked.now.isoformat(timespec="seconds"),
            "by": shlex.join(["python", "-m", "ratings", "decide", *asked.typed]),
            "code": code_digest(),
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
        },
    }


def page(facts: dict[str, Any], decision: Decision) -> str:
    """Return the record as HTML. It loads nothing; the hash in it is of the facts that it shows."""
    text = json.dumps(facts, indent=1, ensure_ascii=False)
    first, *rest = facts["says"]
    rows = {
        "Candidate": facts["candidate"],
        "Baseline": facts["baseline"],
        "Margin, set beforehand": f"{decision.margin:g} points",
        "Votes": f"{decision.between:,.10g} between the two, {decision.votes:,.10g} in all",
        "File": facts["votes"]["file"],
        "SHA-256 of the file": facts["votes"]["sha256"],
        "Decided": facts["made"]["at"],
        "Command": facts["made"]["by"],
        "SHA-256 of what stands below": sha256(text.encode()),
    }
    table = "\n".join(f"<tr><th scope=row>{escape(name)}<td>{escape(str(value))}" for name, value in rows.items())
    return PAGE.format(
        title=escape(f"May {facts['candidate']} replace {facts['baseline']}?"),
        verdict=escape(first),
        rest="\n".join(f"<p>{escape(sentence)}" for sentence in rest),
        drawing="" if decision.gap is None else _drawing(decision.gap, decision.margin),
        table=table,
        facts=escape(text),
    )


@cache
def code_digest() -> str:
    """Return the SHA-256 of this package's sources, each with its name."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _gap(gap: Gap) -> dict[str, Any]:
    half, wide = gap.half_width(), gap.watched()
    return {
        "points": gap.points,
        "interval": [gap.points - half, gap.points + half],
        "watched": [gap.points - wide, gap.points + wide],
        "worth_votes": gap.votes,
        "people_or_prompts": gap.clusters,
    }


def _policy(asked: Asked) -> dict[str, Any]:
    ways = [way for way in (asked.voter, asked.prompt) if way]
    return {
        "ratings": "Bradley-Terry, no prior; a tie or both_bad is half a win; 400 points are odds of 10 to 1",
        "interval": " and ".join(
            ["HC3", *([f"CR3 by {', '.join(ways)} with Student's t, the widest"] if ways else [])]
        ),
        "band": f"asymptotic confidence sequence (Waudby-Smith et al., 2024), narrowest at {TUNED_TO} votes",
        "confidence": CONFIDENCE,
        "fewest_people_or_prompts": FEWEST_CLUSTERS if ways else None,
        "better": "the whole band lies above the margin",
        "practically_equal": "the whole band lies within the margin on both sides",
        "chance": f"that a verdict falls by then, under a normal prior of sd {USUAL_GAP:g} points on the gap",
    }


def _drawing(gap: Gap, margin: float) -> str:
    """Return an SVG of the margin, the band and the interval on one axis of points."""
    half, wide = gap.half_width(), gap.watched()
    reach = 1.1 * max(abs(gap.points) + wide, 2 * margin, 1.0)

    def at(points: float) -> float:
        return round(WIDTH / 2 + points / reach * (WIDTH / 2 - EDGE), 1)

    def bar(name: str, low: float, high: float, *, y: int, height: int) -> str:
        return f'<rect class="{name}" x="{at(low)}" y="{y}" width="{round(at(high) - at(low), 1)}" height="{height}"/>'

    parts = [
        bar("margin", -margin, margin, y=4, height=56),
        f'<path class="axis" d="M{EDGE} 60H{WIDTH - EDGE}M{at(0)} 4V60"/>',
        bar("band", gap.points - wide, gap.points + wide, y=22, height=20),
        bar("interval", gap.points - half, gap.points + half, y=28, height=8),
        f'<circle class="gap" cx="{at(gap.points)}" cy="32" r="7"/>',
        *(f'<text x="{at(tick)}" y="80">{tick:+.0f}</text>' for tick in (-reach / 1.1, reach / 1.1)),
        f'<text x="{at(0)}" y="80">0</text>',
    ]
    label = f"{gap.points:+.0f} points; interval within {half:.0f}, band within {wide:.0f}; margin {margin:g}"
    return f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: light-dark(#1c1b19, #eceae4); --paper: light-dark(#faf9f7, #161614);
  --quiet: light-dark(#5d5a54, #a8a49b); --line: light-dark(#dcd8d0, #3a3833); --mark: light-dark(#0f5e5a, #6cc5be) }}
body {{ max-width: 44rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; color: var(--ink);
  background: var(--paper) }}
h1 {{ font-size: 1rem; font-weight: 400; color: var(--quiet); margin: 0 }}
.verdict {{ font-size: 1.44rem; font-weight: 600; line-height: 1.3; margin: .25rem 0 1rem }}
svg {{ width: 100%; margin: 1rem 0 .25rem }}
.axis {{ stroke: var(--quiet) }} .margin {{ fill: var(--line) }} .band {{ fill: var(--mark); opacity: .3 }}
.interval, .gap {{ fill: var(--mark) }} .gap {{ stroke: var(--paper); stroke-width: 2 }}
text {{ fill: var(--quiet); font-size: 16px; text-anchor: middle }}
.note {{ color: var(--quiet); font-size: .833rem; margin: 0 }}
table {{ border-collapse: collapse; width: 100%; margin: 2rem 0 }}
th, td {{ text-align: left; vertical-align: top; font-weight: 400; padding: .25rem 1rem .25rem 0;
  border-top: 1px solid var(--line); overflow-wrap: anywhere }}
th {{ color: var(--quiet); width: 32% }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: .833rem; line-height: 1.4 }}
</style>
<h1>{title}</h1>
<p class="verdict">{verdict}
{rest}
{drawing}
<p class="note">Points by which the candidate is ahead. Grey: the margin. Strong: the 95% interval of this moment.
Pale: the band that may be watched, which decides.
<table>
{table}
</table>
<details>
<summary>All that is needed to come to it again</summary>
<pre>{facts}</pre>
</details>
</html>
"""
