"""The sockets of pages: events of one's own battle, and new rows of the leaderboard. Nothing is sent upwards."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import redis
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from arena.answers import events
from arena.answers.growing import messages
from arena.battles.blind import Feed, feed_of
from arena.leaderboard.live import socket_language
from arena.models import Battle
from arena.people.access import asker_of
from arena.people.voters import voters_of

#: Close codes: the page comes again after the first and not after the second.
TRY_AGAIN_LATER = 1013
NOT_YOURS = 4404

_BOARD = re.compile(r"\d{1,18}")


class _Sender(AsyncWebsocketConsumer):
    """A socket that sends what it reads from a stream.

    There is no channel layer: with one, no socket would open while Redis is unreachable.
    """

    sending: asyncio.Task[None] | None = None

    async def disconnect(self, code: int) -> None:
        if self.sending is not None:
            self.sending.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Ignore what a page says."""


class BattleConsumer(_Sender):
    """A socket that sends what happens in a battle, to its voter only."""

    async def connect(self) -> None:
        battle_id = str(self.scope["url_route"]["kwargs"]["battle_id"])
        feed = await database_sync_to_async(_feed_for_voter)(self.scope, battle_id)
        await self.accept()
        if feed is None:
            await self.close(NOT_YOURS)
            return
        self.sending = asyncio.create_task(self._send(_messages(feed), is_running=feed.is_running))

    async def _send(self, messages: AsyncIterator[dict[str, Any]], *, is_running: bool) -> None:
        try:
            if not is_running:
                # The stored text is complete: a page that still waits has missed the end and loads it.
                await self.send(json.dumps({"kind": "settled"}))
            async for message in messages:
                await self.send(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        except (redis.RedisError, OSError):
            await self.close(TRY_AGAIN_LATER)


def _messages(feed: Feed) -> AsyncIterator[dict[str, Any]]:
    """Yield what may be seen of the battle, as its page shows it, from the start."""
    return messages(event async for _, event in feed.follow(after="0"))


class LeaderboardConsumer(_Sender):
    """A socket that sends the board's table whenever it is newer than the one in `?board=`.

    The table is HTML in the visitor's language.
    """

    async def connect(self) -> None:
        language = await sync_to_async(socket_language)(self.scope)
        await self.accept()
        board_id = parse_qs(self.scope["query_string"].decode("latin-1")).get("board", ["0"])[0]
        self.sending = asyncio.create_task(self._send(language, int(board_id) if _BOARD.fullmatch(board_id) else 0))

    async def _send(self, language: str, shown: int) -> None:
        try:
            async for board in events.follow_board(language, shown=shown):
                await self.send(board.message)
        except (redis.RedisError, OSError):
            await self.close(TRY_AGAIN_LATER)


def _feed_for_voter(scope: dict[str, Any], battle_id: str) -> Feed | None:
    """Return what the socket tells of the battle; None if it is not this voter's."""
    battle = Battle.objects.filter(voter__in=voters_of(asker_of(scope)), pk=battle_id).with_rows().first()
    return feed_of(battle) if battle else None
