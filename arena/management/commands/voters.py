import getpass
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.models import Voter, VoterLink
from arena.models.audit import Action
from arena.models.links import LinkRule
from arena.people.audit import record
from arena.people.links import link_voters, unlink_voter


class Command(BaseCommand):
    help = "Say which voters are one person. Votes stay; intervals treat theirs as one person's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        link = verbs.add_parser("link", help="these voters are one person")
        link.add_argument("voters", type=UUID, nargs="+", metavar="ID", help="two pseudonyms or more")
        unlink = verbs.add_parser("unlink", help="this voter is nobody else any more")
        unlink.add_argument("voters", type=UUID, nargs=1, metavar="ID")
        for verb in (link, unlink):
            verb.add_argument("--reason", required=True, help="why, in your words; it is kept")
            verb.add_argument("--by", default="", help="who decides; the default is the user of this machine")
        verbs.add_parser("list", help="who is said to be one person")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "list":
            self._list()
            return
        voters = [_voter(id) for id in options["voters"]]
        said = {"reason": options["reason"], "by": options["by"] or getpass.getuser(), "now": timezone.now()}
        if verb == "link":
            self._link(voters, said)
        else:
            self._unlink(voters[0], said)

    def _list(self) -> None:
        links = VoterLink.objects.that_hold().order_by("pk")
        for link in links:
            self.stdout.write(f"{link.voter_id} counts as {link.into_id}: {LinkRule(link.rule).label}. {link.reason}")
        self.stdout.write(f"{len(links):,} links")

    def _link(self, voters: Sequence[Voter], said: dict[str, Any]) -> None:
        into, *others = voters
        if not others:
            raise CommandError("Name two voters or more.")
        new = [voter for voter in others if link_voters(voter, into, rule=LinkRule.OPERATOR, **said)]
        for voter in new:
            record(None, Action.VOTERS_LINKED, f"{voter} = {into}", reason=said["reason"])
        self.stdout.write(f"{len(new):,} voters count as {into} from the next half minute on.")

    def _unlink(self, voter: Voter, said: dict[str, Any]) -> None:
        if not unlink_voter(voter, rule=LinkRule.OPERATOR, **said):
            raise CommandError(f"{voter} counts as nobody else: see `manage.py voters list`.")
        record(None, Action.VOTERS_LINKED, f"{voter} = {voter}", reason=said["reason"])
        self.stdout.write(f"{voter} counts as itself from the next half minute on.")


def _voter(id: UUID) -> Voter:
    voter = Voter.objects.filter(pk=id).first()
    if voter is None:
        raise CommandError(f"There is no voter {id}.")
    return voter
