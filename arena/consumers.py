"""Read-only sockets: events of one's own battle, and new rows of the leaderboard. Nothing is sent upwards."""

import asyncio
import json
import re
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

import redis
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from arena import events
from arena.leaderboard import group_of_language, language_of
from arena.models import Battle
from arena.models.battles import AnswerState
from arena.voters import voter_of_scope

#: Close codes: the page comes again after the first and not after the second.
COME_AGAIN = 1013
NOT_YOURS = 4404

_STREAM_ID = re.compile(r"\d{1,20}(-\d{1,20})?")


class BattleConsumer(AsyncWebsocketConsumer):
    """Sends what happens in a battle after the id in `?after=`, to its voter only."""

    # Reads a stream by itself: with a layer, Redis away would mean that no socket opens at all.
    channel_layer_alias = "no layer"
    _sending: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        battle_id = str(self.scope["url_route"]["kwargs"]["battle_id"])
        state = await database_sync_to_async(_state_for_voter)(self.scope, battle_id)
        await self.accept()
        if state is None:
            await self.close(NOT_YOURS)
            return
        after = parse_qs(self.scope["query_string"].decode("latin-1")).get("after", ["0"])[0]
        after = after if _STREAM_ID.fullmatch(after) else "0"
        self._sending = asyncio.create_task(self._send_events(battle_id, after, is_running=state))

    async def disconnect(self, code: int) -> None:
        if self._sending is not None:
            self._sending.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """What a page says is not listened to."""

    async def _send_events(self, battle_id: str, after: str, *, is_running: bool) -> None:
        try:
            if not is_running:
                # The stored text is complete: a page that still waits has missed the end and loads it.
                await self.send(json.dumps({"kind": "settled"}))
            async for id, event in events.follow(battle_id, after=after):
                await self.send(json.dumps({"id": id, **asdict(event)}))
        except (redis.RedisError, OSError):
            await self.close(COME_AGAIN)


class LeaderboardConsumer(AsyncWebsocketConsumer):
    """Sends the leaderboard's rows, as HTML in the visitor's language, whenever a new board is published."""

    async def connect(self) -> None:
        self.group = group_of_language(await sync_to_async(language_of)(self.scope))
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """What a page says is not listened to."""

    async def leaderboard_published(self, message: dict[str, Any]) -> None:
        await self.send(json.dumps({"rows": message["rows"], "facts": message["facts"]}))


def _state_for_voter(scope: dict[str, Any], battle_id: str) -> bool | None:
    """Whether the battle's answers are being written; None if it is not this voter's."""
    voter = voter_of_scope(scope)
    battle = Battle.objects.filter(pk=battle_id, voter=voter).first() if voter else None
    if battle is None:
        return None
    running = (AnswerState.PENDING, AnswerState.STREAMING)
    return battle.turns.filter(answers__state__in=running).exists()
