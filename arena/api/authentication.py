"""Who asks: the token in the header `Authorization`, and nothing else. No cookie is looked at, so no form of another
site can act for anybody here."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from arena.api.problems import Problem
from arena.models import ApiToken
from arena.people.tokens import token_of


class TokenRequest(HttpRequest):
    """A request whose token was found."""

    auth: ApiToken


class BearerToken(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return token_of(token, now=timezone.now())


class StaffToken(BearerToken):
    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = super().authenticate(request, token)
        if found is not None and not found.is_staff:
            raise Problem("not-staff", "Ask the operator for a token with --staff.")
        return found
