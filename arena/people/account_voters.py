"""The one voter of an account: signing in joins the browser's voter to it, and votes stay as they are."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from arena.models import AccountVoter, Voter
from arena.models.links import LinkRule
from arena.people.links import link_voters


@transaction.atomic
def join_voters(account: User, of_browser: Voter | None, *, now: datetime) -> Voter:
    """Return the account's voter, a new one at first; from now on the browser's is the same person."""
    # One sign-in at a time: two browsers at once must not make two voters.
    User.objects.select_for_update(no_key=True).get(pk=account.pk)
    own = _voter_of(account, now)
    if of_browser is not None and of_browser != own:
        link_voters(of_browser, own, rule=LinkRule.ACCOUNT, now=now)
    return own


def _voter_of(account: User, now: datetime) -> Voter:
    known = AccountVoter.objects.select_related("voter").filter(account=account).first()
    if known is not None and known.voter.erased_at is None:
        return known.voter
    # Without a key: no cookie can ever be this voter's.
    voter = Voter.objects.create()
    AccountVoter.objects.update_or_create(account=account, defaults={"voter": voter, "created": now})
    return voter
