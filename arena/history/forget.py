"""The forgetting of a voter or of a whole account: keys and texts go, votes stay as numbers, boards are the same."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from arena.history.erase import drop_published, erase_texts
from arena.models import AccountVoter, Battle, Report, Voter, VoterLink
from arena.models.links import LinkRule
from arena.models.voters import MayDo
from arena.people.links import pseudonyms_of
from arena.people.roles import MODEL_BACKEND


class LastOwner(Exception):
    """An account without which nobody could decide who may do what."""


def forget_voter(voter: Voter, *, now: datetime) -> int:
    """Erase the voter's key and texts, and return how many battles have lost their texts. Again, it changes nothing."""
    with transaction.atomic():
        Voter.objects.locked(voter.pk)
        erased = erase_texts(list(Battle.objects.filter(voter=voter).values_list("pk", flat=True)), now=now)
        Report.objects.filter(voter=voter).update(note="")
        Voter.objects.filter(pk=voter.pk, erased_at__isnull=True).update(key_digest=None, erased_at=now)
    drop_published(erased)
    return len(erased.battles)


def forget_account(account: User, *, now: datetime) -> int:
    """Erase the account and all its voters, and return how many battles have lost their texts. Raises LastOwner.

    Name, addresses, ways to sign in, sessions and tokens go with it. The audit log keeps its lines for as long as it
    keeps any.
    """
    refuse_last_owner(account)
    battles = sum(forget_voter(voter, now=now) for voter in voters_of_account(account))
    with transaction.atomic():
        of_account = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User))
        of_account.filter(object_id=str(account.pk)).update(object_repr="")
        _end_sessions(account)
        account.delete()
    return battles


def refuse_last_owner(account: User) -> None:
    """Raise LastOwner where nobody else could decide who may do what any more."""
    owners = User.objects.with_perm(f"arena.{MayDo.OWN}", backend=MODEL_BACKEND)
    if owners.filter(pk=account.pk).exists() and not owners.exclude(pk=account.pk).exists():
        raise LastOwner


def voters_of_account(account: User) -> "QuerySet[Voter]":
    """Return the account's own voter, those that became the same person by signing in, and those of its tokens.

    Who is the same person by somebody's decision alone is not among them: that may be taken back.
    """
    own = AccountVoter.objects.filter(account=account).values_list("voter", flat=True).first()
    same = pseudonyms_of(own) if own else set()
    signed_in = VoterLink.objects.that_hold().filter(rule=LinkRule.ACCOUNT, voter__in=same, voter__account_voter=None)
    is_its_own = Q(pk=own) | Q(pk__in=signed_in.values("voter")) | Q(api_token__account=account)
    return Voter.objects.filter(is_its_own, erased_at__isnull=True)


def _end_sessions(account: User) -> None:
    """Delete the account's sessions. They would open nothing any more, but name the account and hold its drafts."""
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(account.pk):
            session.delete()
