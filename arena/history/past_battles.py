"""The past of a voter: battles, votes, why one was not counted, and all of it as data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from arena.battles.blind import BlindBattle, blind_battle, cards, typed_first
from arena.battles.verdict import verdict
from arena.face.current import Texts
from arena.face.texts import texts_of_version
from arena.models import Battle, Vote, VoteExclusion, Voter
from arena.votes.policy import KNOWN_RULES

PAGE_SIZE = 20
#: Why a vote does not count, by the rule that says so.
_WHY_NOT = {rule.name: rule.to_voter for rule in KNOWN_RULES}


@dataclass(frozen=True)
class PastBattle:
    """One line of the history. names: who was preferred over whom, or who answered, where the voter may know them."""

    id: UUID
    prompt: str
    created: datetime
    kind: str
    outcome: str
    names: str
    note: str
    share_token: str | None


def battles_of(voters: "QuerySet[Voter]") -> "QuerySet[Battle]":
    """Return the battles of these voters, who are one person, the newest first, with all that a line of them needs."""
    exclusions = Prefetch("vote__exclusions", queryset=VoteExclusion.objects.newest())
    return Battle.objects.filter(voter__in=voters).with_rows().prefetch_related(exclusions).order_by("-created", "-pk")


def past_battles(battles: Sequence[Battle], *, now: datetime) -> list[PastBattle]:
    """Return a line of the history for each battle. Expects what `battles_of` loads."""
    return [
        PastBattle(
            id=battle.id,
            prompt=typed_first(battle),
            created=battle.created,
            kind=battle.get_kind_display(),
            outcome=_outcome(blind_battle(battle, now=now), battle.cast_vote),
            names=_names(battle),
            note=_note(battle),
            share_token=battle.share_token,
        )
        for battle in battles
    ]


def data_of(voters: "QuerySet[Voter]", *, now: datetime) -> list[dict[str, Any]]:
    """Return what is stored of these voters, who are one person, as JSON takes it, as far as their pages show it too.

    Who answered stands there where the voter may know it, and answers when both have ended.
    """
    return [
        {
            "id": str(battle.id),
            "kind": battle.kind,
            "created": battle.created.isoformat(),
            "consent_version": battle.consent_version,
            "models": [card.name for card in cards(battle)],
            "turns": [
                {"prompt": turn.user_text, "answers": {answer.slot: answer.markdown for answer in turn.answers}}
                for turn in blind_battle(battle, now=now).all_turns
            ],
            "vote": _vote_as_data(battle.cast_vote) if battle.cast_vote else None,
        }
        for battle in battles_of(voters).prefetch_related("vote__reasons").select_related("vote__comment")
    ]


def texts_agreed_to(versions: Iterable[str]) -> dict[str, dict[str, Texts]]:
    """Return the terms and the privacy notice of these versions, as far as they are known, by version and name."""
    known: dict[str, dict[str, Texts]] = {}
    for version in sorted(set(versions)):
        terms, privacy = texts_of_version("terms", version), texts_of_version("privacy", version)
        if terms is not None and privacy is not None:
            known[version] = {"terms": terms, "privacy": privacy}
    return known


def _vote_as_data(vote: Vote) -> dict[str, Any]:
    return {
        "choice": vote.choice,
        "cast_at": vote.cast_at.isoformat(),
        "reasons": [f"{reason.slot}: {reason.tag}" for reason in vote.reasons.all()],
        "comment": vote.comment.text if hasattr(vote, "comment") else "",
    }


def _names(battle: Battle) -> str:
    if battle.cast_vote:
        return verdict(battle, battle.cast_vote)
    return " · ".join(card.name for card in cards(battle))


def _outcome(battle: BlindBattle, vote: Vote | None) -> str:
    if vote:
        return ""
    if battle.withheld_turn:
        return _("withheld by this arena")
    if battle.lost_sides:
        return _("an answer is missing")
    if battle.is_abandoned:
        return _("left without a vote")
    if not battle.is_blind:
        return ""
    return _("waits for your vote") if battle.may_vote else _("is being answered")


def _note(battle: Battle) -> str:
    vote = battle.cast_vote
    if vote is None:
        return ""
    if not battle.is_blind:
        return _("Kept apart: not blind.")
    newest = list(vote.exclusions.all())  # prefetched: the one that holds
    if not newest or newest[0].weight == 1:
        return ""
    if newest[0].weight > 0:
        return _("Counted in part, by a rule of this arena.")
    return str(_WHY_NOT.get(newest[0].rule) or _("Not counted, by a rule of this arena."))
