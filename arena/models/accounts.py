"""Which voter a person is: the only row that leads from a pseudonym to an account."""

from django.contrib.auth.models import User
from django.db import models

from arena.models.voters import Voter


class AccountVoter(models.Model):
    """The one voter of an account, whatever the browser.

    Who shows it to anybody but that person asks the permission `see_people` and leaves an audit entry.
    """

    account = models.OneToOneField(User, on_delete=models.CASCADE, related_name="own_voter")
    voter = models.OneToOneField(Voter, on_delete=models.PROTECT, related_name="account_voter")
    created = models.DateTimeField()

    def __str__(self) -> str:
        return f"the voter of account {self.account_id}"
