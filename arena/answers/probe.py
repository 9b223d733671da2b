"""Ask an entry that rests because it kept failing whether it can answer again."""

import logging
from contextlib import aclosing
from dataclasses import replace

from asgiref.sync import async_to_sync

from arena.answers import breakers
from arena.answers.test_run import request_of
from arena.backends import backend
from arena.backends.base import BackendError, Request
from arena.backends.breaker import PROBE_SECONDS
from arena.models import LanguageModel
from arena.queues import enqueue_probe, host_queue

PROMPT = "Say hello."
TOKENS = 8

logger = logging.getLogger(__name__)


def probe_resting_entries() -> None:
    """Have the workers of entries that have rested long enough probe them."""
    entries = {entry.pk: entry for entry in LanguageModel.objects.live()}
    for entry_id in breakers.due_probes(entries.keys()):
        enqueue_probe(entry_id, queue=host_queue(entries[entry_id].weights), lives_seconds=PROBE_SECONDS)


def probe_entry(entry_id: int) -> BackendError | None:
    """Let the entry begin an answer. It may be drawn again if it does; otherwise it rests, and the error comes back."""
    entry = LanguageModel.objects.get(pk=entry_id)
    request = request_of(entry, PROMPT)
    short = replace(request.decoding, max_new_tokens=min(TOKENS, request.decoding.max_new_tokens))
    try:
        async_to_sync(_read)(entry.backend, replace(request, decoding=short))
    except BackendError as error:
        logger.warning("%s rests: %s", entry.slug, error)
        breakers.record_probe(entry_id, ok=False)
        return error
    breakers.record_probe(entry_id, ok=True)
    return None


async def _read(name: str, request: Request) -> None:
    async with aclosing(backend(name).stream(request)) as pieces:
        async for piece in pieces:
            if piece.text or piece.thoughts:
                return
