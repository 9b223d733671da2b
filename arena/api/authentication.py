"""Tokens of programs: they come in the header `Authorization`, and nothing else says who asks.

No cookie is looked at, so no form of another site can act for anybody here.
"""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from arena.api.problems import Problem
from arena.models import ApiToken
from arena.people.tokens import token_of


class TokenRequest(HttpRequest):
    """A request that came with a valid token."""

    auth: ApiToken


class BearerToken(HttpBearer):
    """Lets in whoever sends a token that was issued and not revoked."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token's row; None for a token that nobody issued or that was revoked."""
        return token_of(token, now=timezone.now())


class StaffToken(BearerToken):
    """Lets in tokens that were issued with --staff."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token's row; None as for any token. Raises Problem for a token that is not for staff."""
        issued = super().authenticate(request, token)
        if issued is not None and not issued.is_staff:
            raise Problem("not-staff", "Ask the operator for a token with --staff.")
        return issued
