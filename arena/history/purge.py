"""The purge of what is too old: texts of battles, and accounts that nobody uses. Votes and boards stay to the digit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from arena.answers.leftovers import note_erasure
from arena.history.erase import AT_ONCE, drop_published, erase_texts
from arena.history.forget import forget_account, voters_of_account
from arena.models import Battle, PendingVote, VoteComment
from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record

#: Who may more than play is left to an owner.
_MORE = [f"arena.{each}" for each in MayDo if each != MayDo.PLAY]


@dataclass(frozen=True)
class Purge:
    """What a purge erases, in numbers. texts_days, inactive_days: older than so many days; 0 is never."""

    texts_days: int
    inactive_days: int
    battles: int = 0
    comments: int = 0
    shared: int = 0
    accounts: int = 0


def what_is_old(*, texts_days: int, inactive_days: int, now: datetime) -> Purge:
    """Return what a purge would erase now."""
    battles = old_battles(texts_days, now)
    return Purge(
        texts_days,
        inactive_days,
        battles=battles.count(),
        comments=VoteComment.objects.filter(vote__battle__in=battles).count(),
        shared=battles.filter(share_token__isnull=False).count(),
        accounts=sum(1 for _ in inactive_accounts(inactive_days, now)),
    )


def purge(
    *, texts_days: int, inactive_days: int, now: datetime, on_progress: Callable[[int], object] = lambda battles: None
) -> Purge:
    """Erase what is old and return what it was. Ended midway, it goes on where it was. on_progress: battles so far."""
    old = what_is_old(texts_days=texts_days, inactive_days=inactive_days, now=now)
    for account in inactive_accounts(inactive_days, now):
        forget_account(account, now=now)
    done = 0
    while part := list(old_battles(texts_days, now).values_list("pk", flat=True)[:AT_ONCE]):
        drop_published(erase_texts(part, now=now))
        on_progress(done := done + len(part))
    _drop_ended_sessions(now)
    _note_once_a_day()
    return old


def purge_by_settings(*, now: datetime) -> Purge:
    """Erase what is older than the settings say, and return what it was. Called each day."""
    done = purge(texts_days=settings.RETENTION_DAYS, inactive_days=settings.INACTIVE_DAYS, now=now)
    if done.battles or done.accounts:
        record_purge(done)
    return done


def record_purge(done: Purge) -> None:
    """Write a line of the audit log, with numbers."""
    record(None, Action.ERASED, "purge", battles=done.battles, comments=done.comments, accounts=done.accounts)


def old_battles(days: int, now: datetime) -> "QuerySet[Battle]":
    """Return the battles of this arena with texts that are older than so many days; none for 0.

    Sets of votes that an operator imported have an owner elsewhere. A vote that no board has counted yet is counted
    first, since its categories are those of the texts.
    """
    if not days:
        return Battle.objects.none()
    is_pending = Exists(PendingVote.objects.filter(vote__battle=OuterRef("pk")))
    old = Battle.objects.filter(created__lt=now - timedelta(days=days), imported_from=None, texts_erased_at=None)
    return old.filter(~is_pending)


def inactive_accounts(days: int, now: datetime) -> Iterator[User]:
    """Yield the accounts that have neither signed in nor begun a battle for so many days; none for 0."""
    since = now - timedelta(days=days)
    silent = User.objects.annotate(seen=Coalesce("last_login", "date_joined")).filter(seen__lt=since) if days else []
    for account in silent:
        is_staff = account.is_superuser or account.is_staff or any(account.has_perm(each) for each in _MORE)
        if not is_staff and not _has_played(account, since):
            yield account


def _has_played(account: User, since: datetime) -> bool:
    recent = Q(created__gte=since) | Q(turns__created__gte=since) | Q(vote__cast_at__gte=since)
    return Battle.objects.filter(recent, voter__in=voters_of_account(account)).exists()


def _drop_ended_sessions(now: datetime) -> None:
    """Delete sessions that are over: they open nothing, but name accounts and their browsers."""
    Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


def _note_once_a_day() -> None:
    """Have Redis' file written anew whatever was erased: it would hold the answers of months."""
    try:
        note_erasure()
    except redis.RedisError:
        return
