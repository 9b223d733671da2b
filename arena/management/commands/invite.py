"""`manage.py invite --role owner` prints a link by which somebody makes an account with that role."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from arena.management.periods import period
from arena.models import Invitation, VoterGroup
from arena.models.invitations import Opens
from arena.people.invitations import Wish, invite, path_of
from arena.people.roles import ROLES
from arena.supervisor.address import site_url

_HELP = "Print a link by which somebody makes an account with a role, or comes in without one where links let in."


class Command(BaseCommand):
    help = _HELP
    # They refuse an arena without an owner, which is what this command is for.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--role", choices=[*ROLES], help="the role of the account that the link makes")
        parser.add_argument("--opens", choices=[Opens.READ.value, Opens.PLAY.value], help="a link without an account")
        parser.add_argument("--expires", type=period, default=timedelta(days=7), metavar="TIME", help="default: 7d")
        parser.add_argument("--uses", type=int, help="how many it lets in; default: 1 with --role, any number without")
        parser.add_argument("--name", default="", help="what lists and the audit log call it")
        parser.add_argument("--group", default="", help="group whose member one becomes, by its slug")

    def handle(self, *, role: str | None, opens: str | None, **options: Any) -> None:
        if bool(role) == bool(opens):
            raise CommandError("Say --role for an account, or --opens for a link without one.")
        if options["uses"] is not None and options["uses"] < 1:
            raise CommandError("--uses is at least 1.")
        _make_tables()
        invitation, token = invite(_wish(role, opens, **options), request=None, now=timezone.now())
        self.stdout.write(site_url(settings.HOST, settings.PORT, base_path="/").rstrip("/") + path_of(token))
        self.stderr.write(
            f"Until {invitation.expires:%Y-%m-%d %H:%M} UTC, for {invitation.quota or 'any number of'} "
            f"{'person' if invitation.quota == 1 else 'people'}. It is not stored and not shown again. "
            "Where the arena has another address outside, put that in front of the path."
        )


def _wish(role: str | None, opens: str | None, *, expires: timedelta, uses: int | None, **named: str) -> Wish:
    return Wish(
        name=(named["name"] or role or f"link to {opens}")[:100],
        opens=Opens(opens) if opens else Opens.ACCOUNT,
        role=role or "",
        group=_group(named["group"]),
        expires=timezone.now() + expires,
        quota=uses or (1 if role else None),
    )


def _group(slug: str) -> VoterGroup | None:
    """Return the group of this slug, or None where none is named. Raises CommandError."""
    found = VoterGroup.objects.filter(slug=slug).first()
    if slug and found is None:
        raise CommandError(f"There is no group {slug}. The console's page Groups makes one.")
    return found


def _make_tables() -> None:
    """Bring a database up to date that never held this: the first owner is invited before the first start."""
    if Invitation._meta.db_table not in connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False)
