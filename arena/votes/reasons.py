"""Keep why a voter chose. Reasons are given after the reveal, so they never touch a rating."""

from collections.abc import Collection, Mapping
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from arena.face.current import Face, current
from arena.models import Battle, ReasonTag, Vote, VoteComment, Voter, VoteReason
from arena.people.refusals import Refusal


class VoteFirst(Refusal):
    """Reasons are for a vote, and there is none yet."""

    kind = "vote-first"
    sentence = _("Vote first, and say why afterwards.")


class ContradictoryReasons(Refusal):
    """Two reasons of one side exclude each other."""

    kind, status = "contradictory-reasons", HTTPStatus.UNPROCESSABLE_ENTITY
    sentence = _("Two things that you said of one side contradict each other. Take one of them back and send it again.")


def offered_reasons() -> list[tuple[str, str]]:
    """Return the tags that this arena offers, each with its words."""
    return reasons_of(current())


def reasons_of(face: Face) -> list[tuple[str, str]]:
    """Return the tags that a face offers, which may be a draft."""
    return [(tag.value, str(tag.label)) for tag in ReasonTag if face.reasons is None or tag in face.reasons]


def give_reasons(vote: Vote, tags: Mapping[str, Collection[ReasonTag]], comment: str, *, now: datetime) -> None:
    """Store the reasons of a vote. Given again, tags that are new are added, and the first comment stands.

    tags: by slot. No comment is kept of a voter who was forgotten meanwhile, or on a battle whose texts were erased.
    Raises ContradictoryReasons, also for what contradicts an earlier reason of the same side; then nothing is stored.
    """
    with transaction.atomic():
        # As whoever forgets the voter does, so that a comment is there to be erased, or is not written.
        battle = Battle.objects.select_for_update().get(pk=vote.battle_id)
        _refuse_contradictions(vote, tags)
        for slot, tags_of_side in tags.items():
            for tag in tags_of_side:
                VoteReason.objects.get_or_create(vote=vote, slot=slot, tag=tag, defaults={"at": now})
        is_kept = battle.texts_erased_at is None and Voter.objects.get(pk=vote.voter_id).erased_at is None
        if comment and is_kept:
            VoteComment.objects.get_or_create(vote=vote, defaults={"text": comment, "at": now})


def _refuse_contradictions(vote: Vote, tags: Mapping[str, Collection[ReasonTag]]) -> None:
    given = set(vote.reasons.values_list("slot", "tag")) | {(slot, tag) for slot in tags for tag in tags[slot]}
    if any((slot, ReasonTag(tag).opposite) in given for slot, tag in given):
        raise ContradictoryReasons
