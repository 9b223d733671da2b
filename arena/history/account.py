"""What is stored of an account besides its battles, for its holder alone."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User

from arena.people.roles import role_of
from arena.people.sessions import sessions_of


def account_as_data(account: User) -> dict[str, Any]:
    """Return what the arena stores of the account, as JSON takes it; secrets are digests and are not told."""
    return {
        "name": account.get_username(),
        "email": account.email,
        "emails": list(EmailAddress.objects.filter(user=account).values("email", "verified")),
        "signs_in_by": list(SocialAccount.objects.filter(user=account).values("provider", "uid")),
        "signed_in_at": [
            {"browser": each.browser, "since": each.since.isoformat()} for each in sessions_of(account, current="")
        ],
        "joined": account.date_joined.isoformat(),
        "last_sign_in": account.last_login.isoformat() if account.last_login else None,
        "role": role_of(account),
        "groups": sorted(account.groups.values_list("name", flat=True)),
        "tokens": [
            {"name": token.name, "opens": token.opens, "created": token.created.isoformat()}
            for token in account.api_tokens.all()
        ],
    }
