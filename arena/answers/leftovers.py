"""What an erasure leaves in files: Redis' append-only file and SQLite's log keep words until they are written anew."""

import logging

import redis
from django.db import connection, transaction

from arena.conf.redis_clients import client, key

logger = logging.getLogger(__name__)


def note_erasure() -> None:
    """Ask for the files to be written anew, within seconds. Call it once the rows are gone. Raises redis.RedisError."""
    client().set(key("erased"), 1)


def drop_leftovers() -> bool:
    """Have the files written anew where something was erased since they were, and tell whether they are now.

    Where that cannot begin at once it is tried again by the next sweep. Raises redis.RedisError.
    """
    # First the wish, then the file: what is erased in between asks again.
    if not client().delete(key("erased")):
        return False
    is_done = all((_rewrite_append_only_file(), _empty_write_ahead_log()))
    if not is_done:
        note_erasure()
    return is_done


def _rewrite_append_only_file() -> bool:
    """Begin to write Redis' file anew from what it holds, and tell whether there is nothing more to do."""
    try:
        if not client().info("persistence").get("aof_enabled"):
            return True
        client().bgrewriteaof()
    except redis.ResponseError as error:
        # One that began earlier may still hold the words.
        if "in progress" in str(error):
            return False
        logger.warning("Redis does not write its file anew (%s): what was erased stays in it until it does", error)
    return True


def _empty_write_ahead_log() -> bool:
    """Have SQLite take over its log and cut it off, and tell whether it could: somebody may be reading it."""
    if connection.vendor != "sqlite" or transaction.get_connection().in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy = cursor.fetchone()[0]
    return not is_busy
