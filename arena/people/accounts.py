"""Accounts and what they may do: named permissions are granted and revoked here, and each change leaves a row."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from arena.models.audit import Action
from arena.models.voters import MayDo
from arena.people.audit import record

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise as Words

#: What can be granted here. `play` guards nothing while the arena is open to all.
GRANTABLE = (MayDo.PLAY, MayDo.OPERATE, MayDo.REVIEW, MayDo.ANALYSE, MayDo.OWN, MayDo.SEE_PEOPLE)
#: What the rows say of a change, before the permission where there is one.
WORDS: "dict[str, Words]" = {
    "added": _("added"),
    "granted": _("granted"),
    "revoked": _("revoked"),
    "locked": _("locked out"),
    "unlocked": _("let in again"),
    "link": _("made a link for a password"),
}


class CannotChange(Exception):
    """A change of an account that this one may not make; `sentence` says why, and what to do."""

    def __init__(self, sentence: "Words") -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Person:
    """An account. granted: its own permissions; through: those that it only has by other groups, with their names."""

    account: User
    granted: frozenset[str]
    through: dict[str, str]

    @property
    def may(self) -> list[str]:
        """Return all that it may do, in the order of the page."""
        held = self.granted | self.through.keys()
        return [p.value for p in GRANTABLE if p.value in held or self.account.is_superuser]

    @property
    def is_above(self) -> bool:
        """Tell whether it opens the admin too: who it is, is decided there."""
        return self.account.is_superuser or self.account.is_staff


@dataclass(frozen=True)
class Change:
    """A row of what was done to an account."""

    entry: LogEntry

    @property
    def words(self) -> str:
        verb, _colon, what = self.entry.change_message.partition(":")
        return f"{WORDS[verb]} {what}".strip() if verb in WORDS else self.entry.get_change_message()


def opens_console(account: User) -> bool:
    """Tell whether the account may open a page of the console, or of the admin."""
    opens = (permission for permission in GRANTABLE if permission != MayDo.PLAY)
    return account.is_staff or any(account.has_perm(f"arena.{permission}") for permission in opens)


def people() -> list[Person]:
    """Return all accounts by name, those that are locked out last, in a fixed number of queries."""
    return [_person(account) for account in _accounts().order_by("-is_active", "username")]


def person(pk: int) -> Person:
    """Return the account. Raises User.DoesNotExist."""
    return _person(_accounts().get(pk=pk))


def changes_of(account: User | None = None) -> list[Change]:
    """Return the newest changes of this account, or of all."""
    rows = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User)).select_related("user")
    if account is not None:
        rows = rows.filter(object_id=str(account.pk))
    return [Change(row) for row in rows.order_by("-pk")[:50]]


@transaction.atomic
def add_account(name: str, *, by: User) -> User:
    """Return a new account of this name, which is free; without a password until its link is opened."""
    account = User.objects.create_user(name)
    _note(account, "added", by=by)
    return account


@transaction.atomic
def set_permissions(account: User, wanted: Collection[str], *, by: User) -> int:
    """Grant and revoke until these are the account's own, and return how many changed. Raises CannotChange."""
    # One decision at a time: of two owners who revoke each other one stays.
    Permission.objects.select_for_update().get(content_type__app_label="arena", codename=MayDo.OWN)
    now = person(account.pk)
    if not User.objects.get(pk=by.pk).has_perm(f"arena.{MayDo.OWN}"):
        raise CannotChange(_("You may not decide this any more. Nothing has changed."))
    if account.is_superuser:
        raise CannotChange(_("A superuser may do everything. Change the account in the tables."))
    if account.pk == by.pk and MayDo.OWN in now.may and MayDo.OWN not in wanted:
        raise CannotChange(_("Nobody takes this from themselves: ask another owner. Nothing has changed."))
    changed = [p for p in GRANTABLE if (p in wanted) != (p in now.granted)]
    for permission in changed:
        (_grant if permission in wanted else _revoke)(account, permission)
        _note(account, f"{'granted' if permission in wanted else 'revoked'}:{permission}", by=by)
    return len(changed)


@transaction.atomic
def set_locked(account: User, *, is_locked: bool, by: User) -> bool:
    """Lock the account out, or let it in again, and tell whether that is a change. Raises CannotChange."""
    _refuse_who_is_above(account)
    if account.pk == by.pk:
        raise CannotChange(_("Nobody locks themselves out: ask another owner. Nothing has changed."))
    changed = User.objects.filter(pk=account.pk, is_active=is_locked).update(is_active=not is_locked)
    if changed:
        _note(account, "locked" if is_locked else "unlocked", by=by)
    return bool(changed)


def password_link(account: User, *, by: User) -> tuple[str, str]:
    """Return the two parts of a link by which its holder sets a password once. Raises CannotChange."""
    _refuse_who_is_above(account)
    _note(account, "link", by=by)
    return urlsafe_base64_encode(force_bytes(account.pk)), default_token_generator.make_token(account)


def _refuse_who_is_above(account: User) -> None:
    if account.is_superuser or account.is_staff:
        raise CannotChange(_("This account opens the tables too. A superuser changes it there."))


def _accounts() -> "QuerySet[User]":
    ours = Permission.objects.filter(content_type__app_label="arena", codename__in=GRANTABLE)
    groups = Group.objects.prefetch_related(Prefetch("permissions", ours))
    return User.objects.prefetch_related(Prefetch("user_permissions", ours), Prefetch("groups", groups))


def _person(account: User) -> Person:
    granted = {permission.codename for permission in account.user_permissions.all()}
    by_groups = [(p.codename, group.name) for group in account.groups.all() for p in group.permissions.all()]
    granted |= {codename for codename, group in by_groups if codename == group}
    return Person(account, frozenset(granted), {c: group for c, group in by_groups if c not in granted})


def grant(account: User, permissions: Iterable[MayDo]) -> None:
    """Grant these to the account, without asking who does it."""
    for permission in permissions:
        _grant(account, permission)
    # What Django remembers of it was asked before.
    for remembered in ("_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        account.__dict__.pop(remembered, None)


def _grant(account: User, permission: MayDo) -> None:
    """Add the account to the group of this name; where an operator made that another one, grant it alone."""
    own = Permission.objects.get(content_type__app_label="arena", codename=permission)
    group = Group.objects.filter(name=permission, permissions=own).first()
    if group is not None:
        account.groups.add(group)
    else:
        account.user_permissions.add(own)


def _revoke(account: User, permission: MayDo) -> None:
    account.groups.remove(*Group.objects.filter(name=permission))
    account.user_permissions.remove(*Permission.objects.filter(content_type__app_label="arena", codename=permission))


def _note(account: User, said: str, *, by: User) -> None:
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(account.pk),
        object_repr=str(account)[:200],
        action_flag=CHANGE,
        change_message=said,
    )
    record(None, Action.PERMISSIONS_CHANGED, str(account), actor=by, change=said)
