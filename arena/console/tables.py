"""The tables of the console: their columns, and the template of a row. One template draws them all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words


@dataclass(frozen=True)
class Table:
    """A table. columns: the title and the class of each; row: the template of one, which finds it as `row`."""

    title: "Words"
    columns: "tuple[tuple[Words, str], ...]"
    row: str


ENTRIES = Table(
    _("Entries"),
    (
        (_("Name"), "board__model"),
        (_("State"), ""),
        (_("Written by"), ""),
        (_("Votes"), "number"),
        (_("Price in"), "number"),
        (_("Price out"), "number"),
    ),
    "console/_entry.html",
)
QUEUES = Table(
    _("Workers"),
    ((_("Queue"), ""), (_("Active entries"), "number"), (_("Served by"), "")),
    "console/_queue.html",
)
PROMPT_SETS = Table(
    _("Prompts"),
    ((_("Set"), ""), (_("Prompts"), "number"), (_("Licence"), ""), (_("Used for"), ""), (_("Offered"), "")),
    "console/_prompt_set.html",
)
FACES = Table(
    _("Versions"),
    ((_("Version"), "number"), (_("Published"), ""), (_("By"), ""), (_("Texts"), ""), (_("Look"), "")),
    "console/_face_version.html",
)
CHANGES = Table(
    _("Leaderboard"),
    ((_("Model"), ""), (_("Rank"), "number"), (_("Rating"), "number"), (_("Votes"), "number")),
    "console/_change.html",
)
VOTES = Table(
    _("Votes"),
    (
        (_("Chosen"), ""),
        (_("Cast"), ""),
        (_("Vote"), ""),
        (_("Between"), ""),
        (_("Voter"), ""),
        (_("Source"), ""),
        (_("Counts"), ""),
    ),
    "console/_vote.html",
)
VOTERS = Table(
    _("Voters"),
    ((_("Chosen"), ""), (_("Voter"), ""), (_("Votes"), "number"), (_("Without them"), ""), (_("Points"), "number")),
    "console/_voter.html",
)
LINKS = Table(
    _("Counted as one person"),
    ((_("Voter"), ""), (_("Counts as"), ""), (_("Why"), ""), (_("Take back"), "")),
    "console/_link.html",
)
GROUPS = Table(
    _("Groups"),
    ((_("Name"), ""), (_("People"), "number"), (_("Joined"), ""), (_("Closes"), "")),
    "console/_voter_group.html",
)
PEOPLE = Table(
    _("People"),
    ((_("Name"), ""), (_("May"), ""), (_("Logged in"), "")),
    "console/_person.html",
)
INVITATIONS = Table(
    _("Invitations"),
    ((_("Name"), ""), (_("Opens"), ""), (_("Used"), "number"), (_("Holds until"), ""), (_("By"), ""), ("", "")),
    "console/_invitation.html",
)
AUDIT = Table(
    _("Audit log"),
    ((_("When"), ""), (_("Account"), ""), (_("What was done"), ""), (_("To what"), ""), (_("More"), "")),
    "console/_audit.html",
)
