"""What a vote says of its two models, by their names. The vote is a parameter, so that nobody gets here without one."""

from django.utils.translation import gettext_lazy as _

from arena.models import Battle, Choice, Slot, Vote

#: To whoever voted: %(first)s is the preferred one where there is one.
_TO_VOTER = {
    Choice.MODEL_A: _("You preferred %(first)s over %(second)s"),
    Choice.MODEL_B: _("You preferred %(first)s over %(second)s"),
    Choice.TIE: _("You called it a tie: %(first)s and %(second)s"),
    Choice.BOTH_BAD: _("You found both bad: %(first)s and %(second)s"),
}
#: To anybody, as short as a line of a list.
_TO_ANYBODY = {
    Choice.MODEL_A: _("%(first)s over %(second)s"),
    Choice.MODEL_B: _("%(first)s over %(second)s"),
    Choice.TIE: _("Tie: %(first)s and %(second)s"),
    Choice.BOTH_BAD: _("Both are bad: %(first)s and %(second)s"),
}
_PREFERRED = {Choice.MODEL_A: Slot.A, Choice.MODEL_B: Slot.B}


def preferred_slot(vote: Vote) -> Slot | None:
    """Return the side that was preferred; None where neither was."""
    return _PREFERRED.get(Choice(vote.choice))


def verdict(battle: Battle, vote: Vote) -> str:
    """Return who was preferred over whom, or that neither was, for a list or a shared page."""
    return str(_TO_ANYBODY[Choice(vote.choice)]) % _names(battle, vote)


def verdict_to_voter(battle: Battle, vote: Vote) -> str:
    """Return the same as a sentence to the one who voted."""
    return str(_TO_VOTER[Choice(vote.choice)]) % _names(battle, vote)


def _names(battle: Battle, vote: Vote) -> dict[str, str]:
    sides = (Slot.B, Slot.A) if preferred_slot(vote) == Slot.B else (Slot.A, Slot.B)
    first, second = (battle.entry(slot).display_name for slot in sides)
    return {"first": first, "second": second}
