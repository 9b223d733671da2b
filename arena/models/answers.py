"""The answer of one model to one message: its states, its text and its times."""

from django.db import models
from django.db.models import Q, Value

from arena.models.catalog import LanguageModel

#: How often a side that failed before its first word may be started anew.
MAX_ATTEMPTS = 4
#: The finish_reason of a side that failed because its conversation did not fit into its window.
TOO_LONG = "too-long"
#: The finish_reason of a side that moderation ended: nobody's failure, and not to be started anew.
WITHHELD = "withheld"


class Slot(models.TextChoices):
    A = "a"
    B = "b"


class AnswerState(models.TextChoices):
    PENDING = "pending"
    STREAMING = "streaming"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def held(self, answer_id: int, attempt: int) -> "AnswerQuerySet":
        """Return the answer while this attempt still owns it; no row once its lease was given to another attempt."""
        return self.filter(pk=answer_id, attempt=attempt, state=AnswerState.STREAMING)

    def lost(self) -> "AnswerQuerySet":
        """Return the answers that ended with nothing to vote on, by the same rule as `Answer.is_lost`."""
        return self.filter(Q(state=AnswerState.FAILED) | Q(state=AnswerState.STOPPED, text=""))

    def running(self) -> "AnswerQuerySet":
        return self.filter(state__in=(AnswerState.PENDING, AnswerState.STREAMING))

    def waiting(self) -> "AnswerQuerySet":
        """Return the answers that wait for a worker, and not for moderators of their prompt."""
        return self.filter(state=AnswerState.PENDING, turn__checked_until__isnull=True)

    def judged_and_timed(self) -> "AnswerQuerySet":
        """Return the answers whose speed may be shown."""
        # Not as an equality: SQLite would look up all done answers, nearly all there are, by the index of states.
        done = self.exclude(state__in=set(AnswerState) - {AnswerState.DONE})
        # Before the vote a new model's speed would tell who answers in its first battle.
        return done.filter(first_text_at__isnull=False, turn__battle__vote__isnull=False)


class Answer(models.Model):
    """One model's reply. Within an attempt its state only moves forward."""

    turn = models.ForeignKey("arena.Turn", on_delete=models.PROTECT, related_name="answers")
    slot = models.CharField(max_length=1, choices=Slot)
    state = models.CharField(max_length=20, choices=AnswerState, default=AnswerState.PENDING)
    attempt = models.PositiveIntegerField(default=0, help_text="Fencing token: a write with an older one is refused")
    leased_until = models.DateTimeField(null=True, blank=True)
    queue = models.CharField(max_length=120)
    queued_at = models.DateTimeField()
    seed = models.BigIntegerField()
    text = models.TextField(blank=True)
    thoughts = models.TextField(
        blank=True, default="", db_default="", help_text="What it wrote before the answer; no model is sent it again"
    )
    tokens = models.PositiveIntegerField(null=True, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(null=True, blank=True, help_text="Of the prompt's, those read before")
    facts = models.JSONField(
        default=dict, blank=True, db_default=Value({}, models.JSONField()), help_text="What wrote it, by its backend"
    )
    finish_reason = models.CharField(max_length=20, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    first_text_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["turn", "slot"], name="one_answer_a_slot"),
            models.CheckConstraint(condition=Q(state__in=AnswerState.values), name="known_answer_state"),
        ]
        indexes = [models.Index(fields=["state", "leased_until"])]

    def __str__(self) -> str:
        return f"{self.slot} of turn {self.turn_id}"

    @property
    def entry(self) -> LanguageModel:
        return self.turn.battle.entry(self.slot)

    @property
    def tokens_a_second(self) -> float | None:
        """Return the tokens a second between its first word and its last; None where that was not measured."""
        if not (self.tokens and self.first_text_at and self.finished_at):
            return None
        seconds = (self.finished_at - self.first_text_at).total_seconds()
        return self.tokens / seconds if seconds > 0 else None

    @property
    def is_finished(self) -> bool:
        return self.state not in (AnswerState.PENDING, AnswerState.STREAMING)

    @property
    def may_be_voted_on(self) -> bool:
        """Tell whether it ended well, or was stopped with text to judge."""
        return self.state == AnswerState.DONE or (self.state == AnswerState.STOPPED and bool(self.text))

    @property
    def is_lost(self) -> bool:
        """Tell whether it ended with nothing to vote on."""
        return self.is_finished and not self.may_be_voted_on

    @property
    def may_be_retried(self) -> bool:
        """Tell whether it failed before its first word, and not too often to be started anew."""
        has_failed = self.state == AnswerState.FAILED and self.finish_reason != WITHHELD
        return has_failed and self.first_text_at is None and self.attempt < MAX_ATTEMPTS
