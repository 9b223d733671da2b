"""A battle as JSON for the token that began it, through the blind door."""

from dataclasses import asdict
from datetime import datetime

from arena.api.battle_schemas import AnswerOut, BattleOut, RevealOut, SideOut, Status, TurnOut
from arena.battles.blind import BlindBattle, BlindTurn, blind_battle, reveal
from arena.models import Battle, Vote


def battle_out(battle: Battle, *, now: datetime) -> BattleOut:
    """Return the battle as JSON, without names before its vote. Expects rows fetched by `with_rows`."""
    blind, vote = blind_battle(battle, now=now), battle.cast_vote
    return BattleOut(
        id=blind.id,
        status="voted" if vote else _status(blind),
        may_vote=blind.may_vote,
        may_continue=blind.may_continue,
        next_turn=blind.next_turn,
        turns=[_turn(turn) for turn in blind.turns],
        reveal=_reveal(battle, vote) if vote else None,
    )


def _status(blind: BlindBattle) -> Status:
    if blind.is_running:
        return "running"
    if blind.lost_sides:
        return "lost"
    return "ready" if blind.may_vote else "closed"


def _turn(turn: BlindTurn) -> TurnOut:
    answers = [AnswerOut(slot=answer.slot, state=answer.state, text=answer.markdown) for answer in turn.answers]
    return TurnOut(number=turn.number, prompt=turn.user_text, turns_left_out=turn.turns_left_out, answers=answers)


def _reveal(battle: Battle, vote: Vote) -> RevealOut:
    shown = reveal(battle, vote)
    return RevealOut(
        choice=vote.choice,
        cast_at=vote.cast_at,
        chance_a=shown.chance_a,
        is_counted=shown.is_counted,
        sides=[SideOut(**asdict(side)) for side in shown.sides],
    )
