"""How many votes each rule took off the board, by model: a model that often names itself loses more of them."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, QuerySet

from arena.models import LanguageModel, Vote, VoteExclusion
from arena.models.battles import BattleKind

#: They change slowly, and with a million votes the counts take seconds.
CACHE_SECONDS = 3600
_KEY = "excluded-by-model"


@dataclass(frozen=True)
class ExcludedByModel:
    """The votes on a model's blind battles, and how many of them each rule took off the board."""

    name: str
    slug: str
    votes: int
    by_rule: dict[str, int]

    @property
    def percent(self) -> float:
        return 100 * sum(self.by_rule.values()) / max(self.votes, 1)


def excluded_by_model(*, now: datetime) -> tuple[ExcludedByModel, ...]:
    """Return a row for each model of which a rule took a vote, by name; at most an hour old."""
    rows: tuple[ExcludedByModel, ...] | None = cache.get(_KEY)
    if rows is None:
        rows = tuple(_rows(now))
        cache.set(_KEY, rows, timeout=CACHE_SECONDS)
    return rows


def _rows(now: datetime) -> list[ExcludedByModel]:
    # Younger battles are left out: a count that rises at once would tell a voter whether his vote was caught.
    until = now - timedelta(hours=settings.BATTLE_HOURS)
    removed = VoteExclusion.objects.newest().filter(weight=0, vote__battle__kind=BattleKind.BLIND)
    taken = _by_entry(removed.filter(vote__battle__created__lte=until), "rule", "vote__battle__")
    if not taken:
        return []
    cast = Vote.objects.filter(battle__kind=BattleKind.BLIND, battle__created__lte=until)
    votes = _by_entry(cast, "source", "battle__")
    return [
        ExcludedByModel(entry.display_name, entry.slug, votes[entry.pk].total(), dict(sorted(taken[entry.pk].items())))
        for entry in LanguageModel.objects.competing().filter(pk__in=list(taken))
    ]


def _by_entry(rows: "QuerySet[Vote] | QuerySet[VoteExclusion]", key: str, battle: str) -> dict[int, Counter[str]]:
    """Return how many rows there are by entry, of either side, and key. battle: the path to a row's battle."""
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    grouped = rows.order_by().values_list(key, f"{battle}model_a", f"{battle}model_b").annotate(Count("pk"))
    for value, first, second, number in grouped:
        for entry in (first, second):
            counts[entry][value] += number
    return counts
