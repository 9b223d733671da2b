"""What one has to pass while signing in, besides allauth's own."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class AddressStage(EmailVerificationStage):  # type: ignore[misc]  # allauth has no types
    """Whoever signed up proves the address before coming in; an account that an owner made may have none."""

    def handle(self) -> Any:
        """Return what to answer, if anything, and whether signing in goes on."""
        account = self.login.user
        signed_up = account is None or (
            account.last_login is None and EmailAddress.objects.filter(user=account, verified=False).exists()
        )
        return super().handle() if signed_up else (None, True)
