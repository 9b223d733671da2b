"""The votes that an operator lists, and those that are meant by a choice among them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import Promise

from arena.models import ImportedSet, Vote, VoteExclusion
from arena.models.votes import Source
from arena.votes.exclude import Selection
from arena.votes.policy import KNOWN_RULES

A_PAGE = 50
_MEANINGS: dict[str, Promise] = {rule.name: rule.meaning for rule in KNOWN_RULES}


@dataclass(frozen=True)
class VoteRow:
    """A vote with its newest exclusion, None where there never was one."""

    vote: Vote
    exclusion: VoteExclusion | None

    @property
    def weight(self) -> float:
        return 1.0 if self.exclusion is None else self.exclusion.weight

    @property
    def why(self) -> str:
        """Return the reason of an exclusion: an operator's own words, or what the rule means."""
        if self.exclusion is None or self.weight == 1:
            return ""
        return str(self.exclusion.evidence.get("reason") or _MEANINGS.get(self.exclusion.rule, self.exclusion.rule))


def listed(selection: Selection, number: str | int) -> "tuple[Page[Vote], list[VoteRow]]":
    """Return a page of the votes, the newest first, and its rows."""
    votes = selection.votes().select_related("battle__model_a", "battle__model_b").order_by("-pk")
    page = Paginator(votes, A_PAGE).get_page(number)
    newest = VoteExclusion.objects.newest().filter(vote__in=[vote.pk for vote in page])
    exclusions = {exclusion.vote_id: exclusion for exclusion in newest}
    return page, [VoteRow(vote, exclusions.get(vote.pk)) for vote in page]


def chosen(selection: Selection, pks: Sequence[str], *, until: int | None) -> "QuerySet[Vote]":
    """Return the votes of these pks; or, where `until` is given, all of the selection up to that pk.

    The newest pk bounds it: what is cast after somebody has looked was not meant.
    """
    if until is not None:
        return selection.votes().filter(pk__lte=until)
    return Vote.objects.filter(pk__in=[pk for pk in pks if pk.isdecimal()])


def sources() -> list[str]:
    """Return the sources that a list can be narrowed to: the kinds of voters, then the imported sets."""
    return [*Source.values, *ImportedSet.objects.order_by("name").values_list("name", flat=True)]
