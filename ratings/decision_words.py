"""A decision in sentences."""

from ratings.anytime import FEWEST_CLUSTERS, Gap
from ratings.decide import Decision, Verdict
from ratings.encoding import Name

#: By how much the chance must be better with new people to be told beside the one with the same.
WORTH_TELLING = 0.05
INDEPENDENT = "Each vote is taken for another person's on another prompt; --voter and --prompt say whose and on which."
ONE_SIDED = "One of the two has never lost a point, or never taken one: one vote more each way was added."


def sentences(decision: Decision, candidate: Name, baseline: Name) -> list[str]:
    """Return the verdict first, then what it rests on."""
    lines = [verdict_sentence(decision, candidate, baseline)]
    if decision.gap is None:
        return lines
    lines.append(_distance(decision, decision.gap, candidate, baseline))
    if decision.verdict == Verdict.UNDECIDED and decision.is_not_worse:
        lines.append(f"{candidate} is not worse than {baseline} by more than {decision.margin:g} points.")
    if decision.is_one_sided:
        lines.append(ONE_SIDED)
    if not decision.speakers:
        lines.append(INDEPENDENT)
    return lines


def verdict_sentence(decision: Decision, candidate: Name, baseline: Name) -> str:
    """Return the verdict, and where it is not decided, why and what more votes may bring."""
    margin = f"{decision.margin:g} points"
    match decision.verdict:
        case Verdict.BETTER:
            return f"{candidate} is better than {baseline}, by more than {margin}."
        case Verdict.WORSE:
            return f"{candidate} is worse than {baseline}, by more than {margin}."
        case Verdict.EQUAL:
            return f"{candidate} and {baseline} are practically equal: less than {margin} apart."
    return f"Not decided: {_why(decision)}"


def _why(decision: Decision) -> str:
    if decision.gap is None:
        return "the votes give no difference of the two."
    if decision.chance is None:
        few = f"{decision.gap.clusters:.1f} {decision.speakers}"
        return f"the votes speak for {few}; at least {FEWEST_CLUSTERS:g} are needed."
    more, chance = f"{decision.more:,} more votes", percent(decision.chance)
    new = decision.chance_by_new_people
    if new is None or new - decision.chance < WORTH_TELLING:
        return f"with {more} between the two there is a {chance} chance that it will be."
    return f"with {more} between the two the chance that it will be is {chance}, or {percent(new)} by new people."


def percent(chance: float) -> str:
    """Return a chance in whole percent, never 0% or 100%, which nobody can know."""
    if chance < 0.01:
        return "less than 1%"
    return "more than 99%" if chance > 0.99 else f"{chance:.0%}"


def _distance(decision: Decision, gap: Gap, candidate: Name, baseline: Name) -> str:
    half, wide = gap.half_width(), gap.watched()
    ahead = f"{candidate} is {abs(gap.points):.0f} points {'ahead of' if gap.points >= 0 else 'behind'} {baseline}"
    interval = f"95% interval {gap.points - half:+.0f} to {gap.points + half:+.0f}"
    band = f"watched {gap.points - wide:+.0f} to {gap.points + wide:+.0f}"
    votes = f"{decision.between:,.10g} votes between the two, {decision.votes:,.10g} in all"
    people = "" if gap.clusters is None else f", of {gap.clusters:.0f} {decision.speakers}"
    return f"{ahead} ({interval}, {band}); {votes}{people}."
