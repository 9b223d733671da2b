import getpass
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.models import ImportedSet
from arena.models.audit import Action
from arena.models.votes import Source
from arena.people.audit import record
from arena.scoring.preview import RowChange, preview_board
from arena.votes.exclude import Selection, exclude_votes

MAX_SHOWN = 20


class Command(BaseCommand):
    help = "Take votes off the board, or put them back: by battle, voter, source or period, with a reason."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        exclude = verbs.add_parser("exclude", help="let votes count less or not at all; they stay as they were cast")
        exclude.add_argument(
            "--weight", type=_weight, default=0.0, help="what they count for, from 0 to 1; the default is 0"
        )
        restore = verbs.add_parser("restore", help="let votes count again, whatever excluded them")
        restore.add_argument(
            "--rule", default="", help="only votes that this rule excluded, such as operator or stopped"
        )
        for verb in (exclude, restore):
            _add_conditions(verb)
            verb.add_argument("--reason", required=True, help="why, in your words; it is kept with each vote")
            verb.add_argument("--by", default="", help="who decides; the default is the user of this machine")
            verb.add_argument("--dry-run", action="store_true", help="show what would change, but change nothing")
            verb.add_argument("--yes", action="store_true", help="do not ask for confirmation")

    def handle(self, *, verb: str, reason: str, by: str, dry_run: bool, yes: bool, **options: Any) -> None:
        votes, weight = _selection(options).votes(), options.get("weight", 1.0)
        if not (count := votes.count()):
            raise CommandError("No vote meets these conditions, so nothing has changed.")
        self.stdout.write(f"{count:,} votes would weigh {weight:g}.")
        self._show(preview_board(votes, weight=weight))
        if dry_run or not (yes or self._is_confirmed()):
            self.stdout.write("Nothing has changed.")
            return
        changed = exclude_votes(votes, reason=reason, by=by or getpass.getuser(), now=timezone.now(), weight=weight)
        record(None, Action.VOTES_WEIGHED, reason, weight=weight, votes=changed, by=by or getpass.getuser())
        same = f"; {count - changed:,} did before" if changed < count else ""
        self.stdout.write(f"{changed:,} votes weigh {weight:g} from the next board on{same}.")

    def _show(self, changes: list[RowChange]) -> None:
        if not changes:
            self.stdout.write("The overall board would stay as it is.")
            return
        self.stdout.write("The overall board would change: rank, rating, votes")
        for change in changes[:MAX_SHOWN]:
            self.stdout.write(f"  {change.name}: {_row(change.before)} -> {_row(change.after)}")
        if len(changes) > MAX_SHOWN:
            self.stdout.write(f"  and {len(changes) - MAX_SHOWN} more")

    def _is_confirmed(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("Nobody is here to confirm: give --yes, or --dry-run to look only.")
        return input("Do it? [y/N] ").strip().lower() in ("y", "yes")


def _add_conditions(parser: ArgumentParser) -> None:
    parser.add_argument("--battle", type=_uuid, nargs="+", default=[], metavar="ID", help="votes on these battles")
    parser.add_argument("--voter", type=_uuid, metavar="ID", help="votes of this pseudonym")
    parser.add_argument("--source", default="", help="human, api, imported, or the name of an imported set")
    parser.add_argument("--since", type=_moment, metavar="TIME", help="votes cast from then on, such as 2026-11-01")
    parser.add_argument(
        "--until", type=_moment, metavar="TIME", help="votes cast before, such as 2026-11-02T12:00+01:00"
    )


def _selection(options: dict[str, Any]) -> Selection:
    source = options["source"]
    if source and source not in Source and not ImportedSet.objects.filter(name=source).exists():
        known = ", ".join([*Source.values, *ImportedSet.objects.order_by("name").values_list("name", flat=True)])
        raise CommandError(f"There is no source {source!r}. These are there: {known}.")
    selection = Selection(
        battles=tuple(options["battle"]),
        voter=options["voter"],
        source=source,
        since=options["since"],
        until=options["until"],
        rule=options.get("rule", ""),
    )
    if selection.is_empty:
        raise CommandError("Say which votes: give at least one of --battle, --voter, --source, --since, --until.")
    return selection


def _row(row: Any) -> str:
    return f"{row.ranks}, {row.rating:.0f}, {row.votes:g}" if row else "no row"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no id, which has 32 letters and digits") from None


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not 0 <= weight <= 1:
        raise ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return weight


def _moment(text: str) -> datetime:
    """Return the moment that a text names: of a day its first. Without an offset it is in the site's time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no time: write 2026-11-01 or 2026-11-01T12:00+01:00") from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
