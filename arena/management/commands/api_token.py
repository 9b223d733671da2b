from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.models import ApiToken
from arena.people.tokens import NameIsTaken, issue_token, revoke_token


class Command(BaseCommand):
    help = "Create, list and revoke the tokens with which programs use /api/v1/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create a token and print it, once")
        create.add_argument("name", help="name of the program, or of its owner; at most 60 characters")
        create.add_argument("--staff", action="store_true", help="the token may download votes too")
        verbs.add_parser("list", help="list all tokens by name")
        revoke = verbs.add_parser("revoke", help="revoke a token: it opens nothing any more; its votes stay")
        revoke.add_argument("name")

    def handle(self, *, verb: str, **options: Any) -> None:
        verbs = {"create": self._create, "list": self._list, "revoke": self._revoke}
        verbs[verb](**options)

    def _create(self, *, name: str, staff: bool, **_: Any) -> None:
        if not name.strip() or len(name) > 60:
            raise CommandError("A name has 1 to 60 characters.")
        try:
            secret = issue_token(name, is_staff=staff, now=timezone.now())
        except NameIsTaken:
            raise CommandError(f"There is a token {name} already. Choose another name.") from None
        self.stdout.write(secret)
        self.stderr.write("Keep it now: it is not stored and not shown again.")

    def _list(self, **_: Any) -> None:
        tokens = list(ApiToken.objects.all())
        if not tokens:
            self.stderr.write("There is no token yet. `api_token create NAME` makes one.")
        for token in tokens:
            state = (
                f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else f"last used {token.last_used or '-'}"
            )
            staff = ", staff" if token.is_staff else ""
            self.stdout.write(f"{token.name}: created {token.created:%Y-%m-%d}, {state}{staff}")

    def _revoke(self, *, name: str, **_: Any) -> None:
        token = ApiToken.objects.filter(name=name).first()
        if token is None:
            raise CommandError(f"There is no token {name}.")
        was_valid = revoke_token(token, now=timezone.now())
        self.stdout.write(f"{name} {'is revoked' if was_valid else 'was revoked before'}.")
