"""Battles, which are conversations with two models or one, and their turns. Their state is computed from rows."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from arena.models.answers import Answer, Slot
from arena.models.catalog import LanguageModel
from arena.models.prompts import Prompt
from arena.models.voters import ImportedSet, Voter

if TYPE_CHECKING:
    from arena.models.votes import Vote


class BattleKind(models.TextChoices):
    """The way in which the models of a conversation came together.

    BLIND: drawn, without names. SIDE_BY_SIDE: two that the visitor chose. DIRECT: one. IMPORTED: from elsewhere.
    """

    BLIND = "blind", _("blind battle")
    SIDE_BY_SIDE = "side_by_side", _("side by side")
    DIRECT = "direct", _("direct chat")
    IMPORTED = "imported", _("imported")


class Pacing(models.TextChoices):
    """The moment when a page gets text. LIVE: as it comes. LOCKSTEP: both sides alike. WHEN_DONE: whole, at the end."""

    LIVE = "live"
    LOCKSTEP = "lockstep"
    WHEN_DONE = "when_done"


#: Kinds whose voters do not see the names. Only votes on these reach the board: see arena.votes.policy.
BLIND_KINDS = (BattleKind.BLIND, BattleKind.IMPORTED)


def still_votable(now: datetime) -> Q:
    """Return the condition that nobody left the battle and that it is young enough for a vote."""
    return Q(left_at__isnull=True, created__gt=now - timedelta(hours=settings.BATTLE_HOURS))


class BattleQuerySet(models.QuerySet["Battle"]):
    def of(self, voter: Voter | None) -> "BattleQuerySet":
        """Return the battles of this voter; none for a visitor without a key."""
        return self.filter(voter=voter) if voter else self.none()

    def open_of(self, voter: Voter, *, now: datetime) -> "BattleQuerySet":
        """Return the battles that this voter could still vote on, by the same rule as `Battle.is_open`."""
        answers = {"turn__battle": models.OuterRef("pk")}
        lost, running = Answer.objects.lost().filter(**answers), Answer.objects.running().filter(**answers)
        is_not_lost = ~models.Exists(lost) | models.Exists(running)
        open_ones = self.filter(is_not_lost, still_votable(now), voter=voter, kind=BattleKind.BLIND, vote__isnull=True)
        return open_ones.exclude(models.Exists(Turn.objects.withheld().filter(battle=models.OuterRef("pk"))))

    def shared_at(self, token: str) -> "Battle | None":
        """Return the battle that this link shows, with its rows; None where it shows none, or no longer."""
        battle = self.with_rows().filter(share_token=token).first()
        return None if battle is None or battle.is_void else battle

    def busy_chats_of(self, voter: Voter) -> "BattleQuerySet":
        """Return this voter's conversations with chosen models in which an answer is being written."""
        running = Answer.objects.running().filter(turn__battle=models.OuterRef("pk"))
        return self.filter(models.Exists(running), voter=voter).exclude(kind__in=BLIND_KINDS)

    def newest_sides(self, entry: LanguageModel, how_many: int) -> dict[uuid.UUID, Slot]:
        """Return the side on which the entry sits in each of its newest battles, by the battle's pk."""
        own = self.filter(Q(model_a=entry) | Q(model_b=entry)).order_by("-created")
        sides = own.values_list("pk", "model_a")[:how_many]
        return {pk: Slot.A if model_a == entry.pk else Slot.B for pk, model_a in sides}

    def locked(self, battle_id: uuid.UUID) -> "Battle":
        """Return the battle with its rows; nobody else can change them until the transaction ends."""
        # In two steps: rows that are joined to a locked one are as old as the query, not as new as the lock.
        self.select_for_update().values("pk").get(pk=battle_id)
        return self.with_rows().get(pk=battle_id)

    def with_rows(self) -> "BattleQuerySet":
        """Return the battles with all rows that a page of them needs, in four queries."""
        return self.select_related("model_a", "model_b", "vote", "prompt__set").prefetch_related("turns__answers")


class Battle(models.Model):
    """One conversation with two entries, or with one. Only its voter may see, continue or vote."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=BattleKind, default=BattleKind.BLIND)
    voter = models.ForeignKey(Voter, on_delete=models.PROTECT, related_name="battles")
    model_a = models.ForeignKey(LanguageModel, on_delete=models.PROTECT, related_name="+")
    model_b = models.ForeignKey(
        LanguageModel,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="None in a direct chat",
    )
    pair_probability = models.FloatField(help_text="The sampler's chance of this pair, sides apart")
    consent_version = models.CharField(max_length=20)
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    imported_from = models.ForeignKey(
        ImportedSet, on_delete=models.PROTECT, null=True, blank=True, related_name="battles"
    )
    outside_id = models.CharField(max_length=100, blank=True, help_text="What the file it came in calls it")
    created = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True, help_text="When the voter went away without a vote")
    share_token = models.CharField(
        max_length=40, unique=True, null=True, blank=True, help_text="The read-only address that the voter gave out"
    )

    texts_erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When its prompts, answers and comments were erased, by wish or by age"
    )

    objects = BattleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(model_a=F("model_b")), name="two_different_entries"),
            models.CheckConstraint(
                condition=Q(kind=BattleKind.DIRECT, model_b__isnull=True)
                | (~Q(kind=BattleKind.DIRECT) & Q(model_b__isnull=False)),
                name="one_entry_in_a_direct_chat",
            ),
            models.CheckConstraint(
                condition=Q(pair_probability__gt=0) & Q(pair_probability__lte=1),
                name="pair_probability_is_a_chance",
            ),
        ]
        indexes = [models.Index(fields=["voter", "created"])]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def slots(self) -> list[Slot]:
        """Return the sides that answer."""
        return [Slot.A] if self.kind == BattleKind.DIRECT else [Slot.A, Slot.B]

    def entry(self, slot: str) -> LanguageModel:
        """Return the entry that answers on this side, one of `slots`. Raises ValueError for another side."""
        entry = self.model_a if slot == Slot.A else self.model_b
        if entry is None:
            raise ValueError(f"battle {self.id} has no side {slot}")
        return entry

    @property
    def is_blind(self) -> bool:
        """Tell whether nobody may learn who answers before the vote."""
        return self.kind in BLIND_KINDS

    @property
    def pacing(self) -> "Pacing":
        """Return how its answers come to the page."""
        # Where the names are shown, the speed may be too.
        return Pacing(settings.PACING) if self.is_blind else Pacing.LIVE

    @property
    def all_turns(self) -> list["Turn"]:
        return list(self.turns.all())

    def sent_turn(self, number: int | None, user_text: str) -> "Turn | None":
        """Return the turn of this number if it holds this text: whoever sends the same twice means it once."""
        return next((turn for turn in self.all_turns if (turn.number, turn.user_text) == (number, user_text)), None)

    @property
    def active_turns(self) -> list["Turn"]:
        """Return the turns of the conversation without those whose answers were asked for again."""
        return without_replaced(self.turns.all())

    @property
    def cast_vote(self) -> "Vote | None":
        return getattr(self, "vote", None)

    @property
    def is_recorded(self) -> bool:
        return self.prompt is not None and self.prompt.set.is_recorded

    @property
    def is_running(self) -> bool:
        """Tell whether one of its answers is not finished."""
        return any(not answer.is_finished for turn in self.all_turns for answer in turn.answers.all())

    @property
    def lost_answers(self) -> list[Answer]:
        """Return the answers that failed, or were stopped before their first word; none while another is written.

        Whoever learns at once that a side failed may know from elsewhere who has just failed.
        """
        if self.is_running:
            return []
        return [a for turn in self.active_turns for a in turn.answers.all() if a.is_lost]

    @property
    def is_void(self) -> bool:
        """Tell whether something of it is withheld: then it takes no vote and no further prompt, and has no link."""
        return any(turn.withheld for turn in self.all_turns)

    def is_open(self, now: datetime) -> bool:
        """Tell whether a vote may still come: no vote, not left, not void, no lost side, younger than BATTLE_HOURS."""
        return self._is_undecided(now) and not self.lost_answers

    def is_abandoned(self, now: datetime) -> bool:
        """Tell whether its voter went away without the vote that it waited for."""
        # Computed from its age, because no request says that a page was closed.
        return self.is_blind and self.cast_vote is None and not self.lost_answers and not self.is_open(now)

    def may_be_retried(self, now: datetime) -> bool:
        """Tell whether it is closed by lost sides only, and all of them may start anew."""
        lost = self.lost_answers
        return self._is_undecided(now) and bool(lost) and all(answer.may_be_retried for answer in lost)

    def _is_undecided(self, now: datetime) -> bool:
        is_young = self.created > now - timedelta(hours=settings.BATTLE_HOURS)
        return self.cast_vote is None and self.left_at is None and is_young and not self.is_void

    def may_vote(self, now: datetime) -> bool:
        """Tell whether there are two sides, and both newest answers ended with something to judge."""
        return self.kind != BattleKind.DIRECT and self._is_answered(now)

    def may_continue(self, now: datetime) -> bool:
        return self._is_answered(now) and not self.is_recorded and len(self.all_turns) < settings.MAX_TURNS

    def _is_answered(self, now: datetime) -> bool:
        return self.is_open(now) and all(a.may_be_voted_on for a in self.all_turns[-1].answers.all())


class Withheld(models.TextChoices):
    """What of a turn is not shown to anybody but its writer, or not even to them.

    PROMPT: moderation took the prompt for unsafe, and no model saw it. ANSWER: it took an answer for unsafe, and shows
    neither. TAKEN_DOWN: an operator hid all of it.
    """

    PROMPT = "prompt", _("prompt not passed on")
    ANSWER = "answer", _("answers withheld")
    TAKEN_DOWN = "taken_down", _("taken down")


class TurnQuerySet(models.QuerySet["Turn"]):
    def withheld(self) -> "TurnQuerySet":
        """Return the turns of which something is not shown."""
        return self.filter(withheld__isnull=False)


class Turn(models.Model):
    """One user message and the answers to it."""

    battle = models.ForeignKey(Battle, on_delete=models.PROTECT, related_name="turns")
    number = models.PositiveIntegerField(help_text="1 is the first")
    user_text = models.TextField()
    first_turn_in_window = models.PositiveIntegerField(
        default=1, help_text="Older turns did not fit any more and were shown to neither model"
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The turn whose two answers this one asks for again: it is in no context any more",
    )
    checked_until = models.DateTimeField(
        null=True, blank=True, help_text="Until then its answers wait for moderators that judge the prompt"
    )
    # Null and not "" where nothing is withheld: nullable columns are added without a rewrite of the table.
    withheld = models.CharField(max_length=20, choices=Withheld, null=True, blank=True)  # noqa: DJ001
    withheld_for = models.CharField(  # noqa: DJ001
        max_length=40, null=True, blank=True, help_text="The category of moderation for which it is withheld"
    )
    created = models.DateTimeField()

    objects = TurnQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["battle", "number"], name="turn_number_once")]
        indexes = [
            models.Index(fields=["checked_until"], condition=Q(checked_until__isnull=False), name="turn_is_checked"),
            models.Index(fields=["battle"], condition=Q(withheld__isnull=False), name="turn_is_withheld"),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.battle_id}"


def without_replaced(turns: Iterable[Turn]) -> list[Turn]:
    """Return the turns without those that a later one of them replaces."""
    listed = list(turns)
    replaced = {turn.replaces_id for turn in listed}
    return [turn for turn in listed if turn.pk not in replaced]
