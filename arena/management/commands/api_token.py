from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from arena.management.periods import period
from arena.models import ApiToken
from arena.models.tokens import USUAL_SCOPES, Scope
from arena.people.tokens import NameIsTaken, issue_token, revoke_token


class Command(BaseCommand):
    help = "Create, list and revoke the tokens with which programs use /api/v1/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create a token and print it, once")
        create.add_argument("name", help="name of the program, or of its owner; at most 60 characters")
        create.add_argument("--scopes", default=USUAL_SCOPES.replace(" ", ","), help=f"some of {', '.join(Scope)}")
        create.add_argument("--staff", action="store_true", help="the token may download votes too: the scope export")
        create.add_argument("--account", help="whose it is: it opens nothing that this account may not do")
        create.add_argument("--expires", type=period, metavar="TIME", help="such as 12h or 90d; unless said, never")
        verbs.add_parser("list", help="list all tokens by name")
        revoke = verbs.add_parser("revoke", help="revoke a token: it opens nothing any more; its votes stay")
        revoke.add_argument("name")

    def handle(self, *, verb: str, **options: Any) -> None:
        verbs = {"create": self._create, "list": self._list, "revoke": self._revoke}
        verbs[verb](**options)

    def _create(
        self, *, name: str, scopes: str, staff: bool, account: str | None, expires: timedelta | None, **_: Any
    ) -> None:
        if not name.strip() or len(name) > 60:
            raise CommandError("A name has 1 to 60 characters.")
        now, wanted = timezone.now(), {*scopes.split(","), *([Scope.EXPORT.value] if staff else [])}
        if unknown := wanted - set(Scope.values):
            raise CommandError(f"There is no scope {', '.join(sorted(unknown))}: take some of {', '.join(Scope)}.")
        until = now + expires if expires else None
        try:
            secret = issue_token(name, scopes=wanted, account=_account(account), expires=until, now=now)
        except NameIsTaken:
            raise CommandError(f"There is a token {name} already. Choose another name.") from None
        self.stdout.write(secret)
        self.stderr.write("Keep it now: it is not stored and not shown again.")

    def _list(self, **_: Any) -> None:
        tokens = list(ApiToken.objects.select_related("account"))
        if not tokens:
            self.stderr.write("There is no token yet. `api_token create NAME` makes one.")
        for token in tokens:
            self.stdout.write(f"{token.name}: {', '.join(_facts(token))}")

    def _revoke(self, *, name: str, **_: Any) -> None:
        token = ApiToken.objects.filter(name=name).first()
        if token is None:
            raise CommandError(f"There is no token {name}.")
        was_valid = revoke_token(token, now=timezone.now())
        self.stdout.write(f"{name} {'is revoked' if was_valid else 'was revoked before'}.")


def _facts(token: ApiToken) -> list[str]:
    state = f"revoked {token.revoked_at:%Y-%m-%d}" if token.revoked_at else f"last used {token.last_used or '-'}"
    facts = [f"created {token.created:%Y-%m-%d}", state, " ".join(token.opens)]
    if token.expires:
        facts.append(f"until {token.expires:%Y-%m-%d}")
    return [*facts, f"of {token.account.get_username()}"] if token.account else facts


def _account(name: str | None) -> User | None:
    """Return the account of this name. Raises CommandError."""
    if name is None:
        return None
    account = User.objects.filter(username=name).first()
    if account is None:
        raise CommandError(f"There is no account {name}.")
    return account
