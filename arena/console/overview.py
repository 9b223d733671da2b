"""What an operator looks for first: what runs, what waits and what is broken."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Min
from django.utils import timezone

from arena.answers import breakers
from arena.models import Answer, LanguageModel, PendingVote, RatingSnapshot, Slot, Vote
from arena.models.answers import AnswerState
from arena.models.catalog import State
from arena.models.votes import Source
from arena.moderation.chosen import silent_slugs
from arena.queues import DEFAULT, QueueUnavailable, host_queue, served

#: To ask the workers takes a second, and they do not change from one look to the next.
WORKERS_SECONDS = 15


@dataclass(frozen=True)
class Queue:
    """A queue that somebody has to serve. workers: the nodes that do; entries: how many active ones need it."""

    name: str
    workers: tuple[str, ...]
    entries: int = 0

    @property
    def host(self) -> str:
        """Return the argument with which a worker serves it."""
        return self.name.removeprefix("host.")


@dataclass(frozen=True)
class Overview:
    """The state of the arena at one moment.

    oldest: since when the longest waiting answer waits. uncounted: votes that no board has yet. failures: an entry and
    its failed answers of a day, the most first. queues: None where Redis does not answer. silent_moderators: slugs of
    ARENA_MODERATORS that judge nothing.
    """

    waiting: int
    oldest: datetime | None
    writing: int
    votes_today: int
    votes_of_week: int
    uncounted: int
    board: RatingSnapshot | None
    broken: Sequence[LanguageModel]
    resting: Sequence[LanguageModel]
    failures: Sequence[tuple[LanguageModel, int]]
    queues: Sequence[Queue] | None
    silent_moderators: Sequence[str] = ()

    @property
    def unserved(self) -> list[Queue]:
        """Return the queues that entries wait on and nobody serves."""
        return [queue for queue in self.queues or () if not queue.workers]

    @property
    def is_well(self) -> bool:
        """Tell whether nothing asks for the operator."""
        return self.queues is not None and not (self.broken or self.resting or self.unserved or self.silent_moderators)


def overview(*, now: datetime) -> Overview:
    """Return the state of the arena, in a fixed number of queries."""
    live = list(LanguageModel.objects.live())
    resting = breakers.resting([entry.pk for entry in live])
    waiting = Answer.objects.filter(state=AnswerState.PENDING).aggregate(n=Count("pk"), oldest=Min("queued_at"))
    own = Vote.objects.exclude(source=Source.IMPORTED)
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Overview(
        waiting=waiting["n"],
        oldest=waiting["oldest"],
        writing=Answer.objects.filter(state=AnswerState.STREAMING).count(),
        votes_today=own.filter(cast_at__gte=today).count(),
        votes_of_week=own.filter(cast_at__gte=now - timedelta(days=7)).count(),
        uncounted=PendingVote.objects.count(),
        board=RatingSnapshot.objects.newest(),
        broken=list(LanguageModel.objects.filter(state=State.BROKEN)),
        resting=[entry for entry in live if entry.pk in resting],
        failures=_failures(now - timedelta(days=1)),
        queues=_queues(live),
        silent_moderators=silent_slugs(),
    )


def _failures(since: datetime) -> list[tuple[LanguageModel, int]]:
    failed = Answer.objects.filter(state=AnswerState.FAILED, finished_at__gte=since)
    sides = failed.values_list("slot", "turn__battle__model_a", "turn__battle__model_b")
    counts = Counter(a if slot == Slot.A else b for slot, a, b in sides)
    entries = LanguageModel.objects.in_bulk(counts)
    return [(entries[pk], times) for pk, times in counts.most_common()]


def _queues(live: Sequence[LanguageModel]) -> list[Queue] | None:
    """Return each queue that something waits on, and each that a worker serves besides; None without Redis."""
    try:
        nodes: dict[str, list[str]] = cache.get_or_set("console:workers", served, WORKERS_SECONDS) or {}
    except QueueUnavailable:
        return None
    needed = Counter(host_queue(entry.weights) for entry in live)
    names = sorted({DEFAULT, *needed, *nodes})
    return [Queue(name, tuple(nodes.get(name, ())), needed[name]) for name in names]
