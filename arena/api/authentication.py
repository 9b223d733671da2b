"""Tokens of programs: they come in the header `Authorization`, and nothing else says who asks.

No cookie is looked at, so no form of another site can act for anybody here.
"""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from arena.api.problems import Problem
from arena.models import ApiToken
from arena.models.tokens import Scope
from arena.people.modes import is_open
from arena.people.tokens import may_use, token_of


class TokenRequest(HttpRequest):
    """A request that came with a valid token."""

    auth: ApiToken


class BearerToken(HttpBearer):
    """Lets in whoever sends a token that holds, and that opens this."""

    def __init__(self, scope: Scope = Scope.PLAY) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Return the token's row; None for one that does not hold. Raises Problem for one that opens other things."""
        issued = token_of(token, now=timezone.now())
        if issued is not None and not may_use(issued, self.scope):
            raise Problem("lacks-scope", f"It takes a token with the scope {self.scope.value}.")
        return issued


_reader = BearerToken(Scope.READ)


def reader(request: HttpRequest) -> bool:
    """Let everybody read where the arena is open, and whoever has a token with the scope `read` elsewhere.

    A function, because the schema marks what takes a token in every arena.
    """
    return is_open() or bool(_reader(request))
