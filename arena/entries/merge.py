"""Say that two entries are one model, and take it back. Both recompute the boards."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from arena.entries.states import retire_entry
from arena.models import (
    Battle,
    EntryMerge,
    LanguageModel,
    MergedSide,
    ModelAlias,
    PendingVote,
    RatingSnapshot,
    Slot,
    Vote,
    VoteExclusion,
)
from arena.models.battles import BLIND_KINDS
from arena.models.catalog import Kind, folded
from arena.models.inserting import insert_rows
from arena.queues import enqueue_publication

#: The rule that takes votes off the board whose two answers turned out to be of one model.
ONE_MODEL = "one-model"
_POLICY_LENGTH = 200

Side = Literal["model_a", "model_b"]
_SIDES: dict[Side, Slot] = {"model_a": Slot.A, "model_b": Slot.B}


class CannotMerge(ValueError):
    """Two entries that cannot be one, in words."""


@transaction.atomic
def merge_entries(entry: LanguageModel, into: LanguageModel, *, by: str, now: datetime) -> int:
    """Count the entry's votes as those of `into`, and return how many were moved. The entry is retired, and kept.

    Its names become aliases of the other, so that imports find it. Votes between the two count no more: they compare
    one model with itself. Only battles with a vote are moved, because a page that shows one without must reveal who
    answered. Called again it moves what has come since. Raises CannotMerge.
    """
    list(LanguageModel.objects.select_for_update().filter(pk__in=(entry.pk, into.pk)).order_by("pk"))
    _refuse(entry, into)
    fact = EntryMerge.objects.create(
        entry=entry, into=into, state_before=entry.state, aliases=_take_names(entry, into), by=by, at=now
    )
    retire_entry(entry)
    between = Q(model_a=entry, model_b=into) | Q(model_a=into, model_b=entry)
    _exclude(Vote.objects.filter(battle__in=Battle.objects.filter(between)), weight=0, by=by, now=now)
    moved = sum(_move(fact, side) for side in _SIDES)
    _publish_all_anew(f"before merge {fact.pk}")
    return moved


@transaction.atomic
def undo_merge(entry: LanguageModel, *, by: str, now: datetime) -> int:
    """Give the entry back its votes, its names and its state, and return how many votes. Raises CannotMerge."""
    merge = newest_merge(entry)
    if merge is None or merge.into is None:
        raise CannotMerge(f"{entry.slug} is merged into no other entry")
    facts = EntryMerge.objects.filter(entry=entry, into=merge.into, pk__gt=_last_undone(entry))
    sides = MergedSide.objects.filter(merge__in=facts)
    given = sum(_give_back(sides.filter(slot=slot), side, entry) for side, slot in _SIDES.items())
    sides.delete()
    for fact in facts:
        _give_names_back(fact)
    LanguageModel.objects.filter(pk=entry.pk).update(state=facts.order_by("pk")[0].state_before)
    _exclude(Vote.objects.filter(exclusions__in=_of_one_model(entry, merge.into)), weight=1, by=by, now=now)
    undone = EntryMerge.objects.create(entry=entry, into=None, state_before=entry.state, by=by, at=now)
    _publish_all_anew(f"before merge {undone.pk}")
    return given


def newest_merge(entry: LanguageModel) -> EntryMerge | None:
    """Return the decision on this entry that holds; None where there is none."""
    return EntryMerge.objects.filter(entry=entry).order_by("-pk").select_related("into").first()


def _last_undone(entry: LanguageModel) -> int:
    """Return the pk of the newest decision that the entry is no other one, 0 where there is none."""
    undone = EntryMerge.objects.filter(entry=entry, into=None).order_by("-pk")
    return undone.values_list("pk", flat=True).first() or 0


def _refuse(entry: LanguageModel, into: LanguageModel) -> None:
    merge, other = newest_merge(entry), newest_merge(into)
    if entry.pk == into.pk:
        raise CannotMerge("an entry cannot be merged into itself")
    if Kind.MODERATOR in (entry.kind, into.kind):
        raise CannotMerge("a moderation model has no votes")
    if merge and merge.into and merge.into.pk != into.pk:
        raise CannotMerge(f"{entry.slug} is merged into {merge.into.slug}: undo that first")
    if other and other.into:
        raise CannotMerge(f"{into.slug} is merged into {other.into.slug} itself: merge into that one")


def _take_names(entry: LanguageModel, into: LanguageModel) -> dict[str, str]:
    """Make the entry's names aliases of the other; return each name that is new there, with the slug that had it."""
    held = dict(ModelAlias.objects.filter(entry=entry).values_list("name", "entry__slug"))
    names = held | {folded(name): held.get(folded(name), "") for name in (entry.display_name, entry.slug)}
    others = set(ModelAlias.objects.exclude(entry=entry).values_list("name", flat=True))
    new = {name: slug for name, slug in names.items() if name not in others and len(name) <= 100}
    for name in new:
        ModelAlias.objects.update_or_create(name=name, defaults={"entry": into})
    return new


def _give_names_back(fact: EntryMerge) -> None:
    for name, slug in fact.aliases.items():
        alias = ModelAlias.objects.filter(name=name, entry=fact.into)
        alias.update(entry=fact.entry) if slug else alias.delete()


def _move(fact: EntryMerge, side: Side) -> int:
    """Put the other entry on this side of the battles that have a vote; return how many."""
    other: Side = "model_b" if side == "model_a" else "model_a"
    voted = Vote.objects.filter(**{f"battle__{side}": fact.entry}).exclude(**{f"battle__{other}": fact.into})
    battles = list(voted.values_list("battle", flat=True))
    rows = ((fact.pk, battle, _SIDES[side]) for battle in battles)
    insert_rows(MergedSide, ("merge_id", "battle_id", "slot"), rows)
    moved = MergedSide.objects.filter(merge=fact, slot=_SIDES[side]).values("battle")
    Battle.objects.filter(pk__in=moved).update(**{side: fact.into})
    return len(battles)


def _give_back(sides: "QuerySet[MergedSide]", side: Side, entry: LanguageModel) -> int:
    return Battle.objects.filter(pk__in=sides.values("battle")).update(**{side: entry})


def _of_one_model(entry: LanguageModel, into: LanguageModel) -> "QuerySet[VoteExclusion]":
    """Return the exclusions that hold because these two are one."""
    between = Q(vote__battle__model_a=entry, vote__battle__model_b=into)
    between |= Q(vote__battle__model_a=into, vote__battle__model_b=entry)
    return VoteExclusion.objects.newest().filter(between, rule=ONE_MODEL, weight=0)


def _exclude(votes: "QuerySet[Vote]", *, weight: float, by: str, now: datetime) -> None:
    """Let these votes weigh so much; what another rule has excluded stays as it is."""
    held = VoteExclusion.objects.newest().exclude(rule=ONE_MODEL).values("vote")
    chosen = list(votes.exclude(pk__in=held).values_list("pk", flat=True))
    VoteExclusion.objects.bulk_create(
        VoteExclusion(vote_id=pk, rule=ONE_MODEL, rule_version="1", weight=weight, by=by, at=now) for pk in chosen
    )
    blind = Vote.objects.filter(pk__in=chosen, battle__kind__in=BLIND_KINDS).values_list("pk", flat=True)
    _pend(blind)


def _pend(votes: Iterable[int]) -> None:
    PendingVote.objects.bulk_create(PendingVote(vote_id=pk) for pk in votes)


def _publish_all_anew(said: str) -> None:
    """Let the next publication sum all boards from the votes. said: what is told of the policy of older ones."""
    policy = Substr(Concat(Value(f"{said}: "), F("policy")), 1, _POLICY_LENGTH)
    RatingSnapshot.objects.update(policy=policy)
    transaction.on_commit(enqueue_publication)
