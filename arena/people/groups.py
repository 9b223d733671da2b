"""Groups of voters: made, joined and left; a room is one that anybody joins who has its code."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils.text import slugify

from arena.models import GroupMember, Voter, VoterGroup
from arena.models.groups import FEWEST_PEOPLE, SLUG_LENGTH

#: Of a join code: no letter or digit that is taken for another one when it is read aloud or off a board.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 8


@dataclass(frozen=True)
class GroupRow:
    """A group as the console lists it. people: how many are in it now; None below the fewest that may be told."""

    group: VoterGroup
    people: int | None
    is_open: bool


def groups(*, now: datetime) -> list[GroupRow]:
    """Return all groups by name, with how many are in each, in one query."""
    present = Count("members", filter=Q(members__until=None))
    return [_row(group, now) for group in VoterGroup.objects.annotate(present=present)]


def make_group(name: str, *, by: str, now: datetime, claim: str = "") -> VoterGroup:
    """Return a new group of this name."""
    return VoterGroup.objects.create(name=name, slug=_free_slug(name), claim=claim, by=by, created=now)


def open_room(name: str, *, closes_at: datetime, by: str, now: datetime) -> VoterGroup:
    """Return a new room of this name, which whoever has its code can join until it closes."""
    room = {"slug": _free_slug(name), "closes_at": closes_at, "by": by, "created": now}
    return VoterGroup.objects.create(name=name, join_code=_new_code(), **room)


def close_room(room: VoterGroup, *, now: datetime) -> bool:
    """Let nobody join any more, and no later vote count; tell whether it was open."""
    return bool(VoterGroup.objects.open_rooms(now=now).filter(pk=room.pk).update(closes_at=now))


def room_of(code: str, *, now: datetime) -> VoterGroup | None:
    """Return the open room of this code, written with any capitals, spaces or hyphens; None where there is none."""
    letters = "".join(each for each in code.casefold() if each in LETTERS)
    return VoterGroup.objects.open_rooms(now=now).filter(join_code=letters).first() if letters else None


def join(group: VoterGroup, voter: Voter, *, now: datetime) -> bool:
    """Put the voter in the group, and tell whether it was not there before."""
    try:
        with transaction.atomic():
            GroupMember.objects.create(group=group, voter=voter, since=now)
    except IntegrityError:
        return False
    return True


def leave(group: VoterGroup, voter: Voter, *, now: datetime) -> bool:
    """Take the voter out of the group, and tell whether it was there. Its votes until now stay on the group's board."""
    return bool(GroupMember.objects.filter(group=group, voter=voter, until=None).update(until=now))


@transaction.atomic
def follow_claims(voter: Voter, claims: Collection[str], *, now: datetime) -> None:
    """Put the voter in the groups of these names, as the sign-in provider calls them, and out of its other ones."""
    for group in VoterGroup.objects.exclude(claim=""):
        (join if group.claim in claims else leave)(group, voter, now=now)


def is_in_open_room(voter: Voter, *, now: datetime) -> bool:
    """Tell whether the voter has joined a room that is still open."""
    return VoterGroup.objects.open_rooms(now=now).filter(members__voter=voter, members__until=None).exists()


def _row(group: VoterGroup, now: datetime) -> GroupRow:
    present: int = group.present  # type: ignore[attr-defined]  # annotated
    is_open = group.closes_at is None or group.closes_at > now
    return GroupRow(group, present if present >= FEWEST_PEOPLE else None, is_open)


def _free_slug(name: str) -> str:
    wanted = slugify(name)[: SLUG_LENGTH - 4].strip("-") or "group"
    taken = set(VoterGroup.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (wanted if n == 1 else f"{wanted}-{n}" for n in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)


def _new_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
