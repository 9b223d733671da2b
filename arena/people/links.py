"""Say that two pseudonyms are one person, and take it back. Votes stay as they are; intervals follow."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from arena.models import Voter, VoterLink
from arena.models.links import LinkRule


@transaction.atomic
def link_voters(voter: Voter, into: Voter, *, rule: LinkRule, now: datetime, reason: str = "", by: str = "") -> bool:
    """Say that this voter, and all who are one person with it, are the same person as `into`; tell whether that is new.

    By the rule of accounts a voter that is linked stays as it is: two people may sign in from one browser.
    """
    # One at a time: of two links that would make a circle the second one sees the first.
    list(Voter.objects.select_for_update(no_key=True).filter(pk__in=(voter.pk, into.pk)).order_by("pk"))
    links = links_that_hold()
    root, target = root_of(voter.pk, links), root_of(into.pk, links)
    if root == target or (rule == LinkRule.ACCOUNT and voter.pk in links):
        return False
    VoterLink.objects.create(voter_id=root, into_id=target, rule=rule, reason=reason, by=by, at=now)
    return True


@transaction.atomic
def unlink_voter(voter: Voter, *, rule: LinkRule, now: datetime, reason: str = "", by: str = "") -> bool:
    """Say that this voter is no other one any more, and tell whether that is a change."""
    Voter.objects.locked(voter.pk)
    if voter.pk not in links_that_hold():
        return False
    VoterLink.objects.create(voter=voter, into=None, rule=rule, reason=reason, by=by, at=now)
    return True


def links_that_hold(*, until: datetime | None = None) -> dict[UUID, UUID]:
    """Return into whom each linked voter is linked, by pks. until: as it was then."""
    links = VoterLink.objects.that_hold(until=until)
    return {voter: into for voter, into in links.values_list("voter_id", "into_id") if into is not None}


def root_of(voter: UUID, links: Mapping[UUID, UUID]) -> UUID:
    """Return the voter at the end of the chain that begins here; the voter itself where it is linked into none."""
    seen = {voter}
    while (into := links.get(voter)) is not None and into not in seen:
        seen.add(into)
        voter = into
    return voter


def pseudonyms_of(voter: UUID) -> set[UUID]:
    """Return the pks of all voters that are the same person as this one, itself among them."""
    links = links_that_hold()
    root = root_of(voter, links)
    return {root, voter} | {each for each in links if root_of(each, links) == root}
