"""Wait for those who follow a stream."""

import asyncio
from contextlib import closing

import redis
from django.conf import settings


async def until_somebody_listens() -> None:
    """Return when a reader waits at the session's Redis for what comes next."""
    with closing(redis.Redis.from_url(settings.REDIS_URL)) as client:
        async with asyncio.timeout(10):
            while not client.info("clients")["blocked_clients"]:
                await asyncio.sleep(0.01)
