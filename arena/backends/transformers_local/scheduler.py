"""Continuous batching: answers join and leave the batch between two steps of the model."""

import atexit
import logging
from collections import deque
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

import torch

from arena.backends.base import Unavailable
from arena.backends.transformers_local.batch import Batch
from arena.backends.transformers_local.cache import Conversations
from arena.backends.transformers_local.job import Job
from arena.backends.transformers_local.memory import Limits
from arena.backends.transformers_local.sampling import next_token

#: Prompt tokens read in one turn while others write, which have to wait for it, and while nobody does.
READ_BESIDE_OTHERS = 32
READ_ALONE = 64

logger = logging.getLogger(__name__)


class Scheduler:
    """The thread that owns a model: it reads prompts piece by piece and writes a token of every answer each turn.

    ends: tokens that end an answer. room: tokens whose keys and values fit into memory.
    """

    def __init__(self, batch: Batch, *, ends: frozenset[int], room: int, limits: Limits) -> None:
        self._batch, self._ends, self._room, self._limits = batch, ends, room, limits
        self._inbox: SimpleQueue[Job | None] = SimpleQueue()
        self._waiting: deque[Job] = deque()
        self._reading: _Reading | None = None
        self._rows: list[_Row] = []
        self._is_closed = False
        self._thread = Thread(target=self._run, name="scheduler", daemon=True)
        self._thread.start()
        # A thread that is inside torch while the interpreter ends would crash it.
        atexit.register(self.close)

    def submit(self, job: Job) -> None:
        """Have the job written as soon as those before it let it in. Raises Unavailable once closed."""
        if self._is_closed:
            raise Unavailable("the scheduler is closed")
        self._inbox.put(job)

    def close(self) -> None:
        """End the thread after its present step; jobs that are not done fail."""
        self._is_closed = True
        self._inbox.put(None)
        self._thread.join(timeout=10)
        atexit.unregister(self.close)

    @torch.inference_mode()
    def _run(self) -> None:
        torch.set_num_threads(self._limits.threads)
        while self._take_jobs():
            try:
                self._drop_overdue()
                self._write(self._read())
            except Exception as error:  # noqa: BLE001 (the thread must live on: every later answer needs it)
                self._fail_rows(error)
        for job in self._jobs():
            job.fail("the process ends")

    def _take_jobs(self) -> bool:
        """Move new jobs to the waiting ones, and rest while there is nothing to do.

        Return False when it is time to end.
        """
        is_idle = not self._jobs()
        try:
            while (job := self._inbox.get(block=is_idle)) is not None:
                self._waiting.append(job)
                is_idle = False
        except Empty:
            return True
        return False

    def _drop_overdue(self) -> None:
        now = monotonic()
        for job in self._jobs():
            if job.is_open and now > job.deadline:
                job.fail(f"not done after {self._limits.seconds:g} seconds")

    def _jobs(self) -> list[Job]:
        reading = [self._reading.job] if self._reading else []
        return [row.job for row in self._rows] + reading + list(self._waiting)

    def _read(self) -> "list[_Reading]":
        """Read on in the prompts, in the order of coming.

        Return those that are read, with their first token written.
        """
        left = READ_BESIDE_OTHERS if self._rows else READ_ALONE
        read: list[_Reading] = []
        while left > 0 and (reading := self._next_reading(read)):
            piece = reading.take(left)
            left -= len(piece)
            self._read_piece(reading, piece)
            if reading.row is not None:
                read.append(reading)
        return read

    def _next_reading(self, read: "list[_Reading]") -> "_Reading | None":
        if self._reading and (self._reading.row or not self._reading.job.is_open):
            self._reading = None
        while self._waiting and not self._waiting[0].is_open:
            self._waiting.popleft()
        if self._reading is None and self._waiting and self._has_room(self._waiting[0], read):
            self._reading = _Reading(self._waiting.popleft())
        return self._reading

    def _has_room(self, job: Job, read: "list[_Reading]") -> bool:
        # Every row takes as much memory as the longest.
        jobs = [other for other in [row.job for row in self._rows] + [r.job for r in read] if other.is_open] + [job]
        longest = max(other.reserved for other in jobs)
        return len(jobs) <= self._limits.rows and len(jobs) * longest <= self._room

    def _read_piece(self, reading: "_Reading", piece: list[int]) -> None:
        job = reading.job
        try:
            self._batch.load(job.adapter)
            logits = self._batch.read(reading.conversation, piece, job.adapter)
            if not reading.unread:
                reading.row = _Row(job, self._ends | job.ends)
                reading.row.write(logits)
        except Unavailable as error:
            job.refuse(error)
        except Exception as error:
            logger.exception("the model broke while it read a prompt")
            job.fail(f"the model broke: {error}", error)
        else:
            job.put(None)

    def _write(self, joining: "list[_Reading]") -> None:
        """Write one token more for each row. Rows that ended have left, and those in `joining` have come in."""
        numbers = [number for number, row in enumerate(self._rows) if row.job.is_open]
        joining = [reading for reading in joining if reading.job.is_open]
        is_same = len(numbers) == len(self._rows) and not joining
        self._rows = [self._rows[number] for number in numbers] + [reading.row for reading in joining if reading.row]
        if not is_same:
            self._batch.rearrange(numbers, [reading.conversation for reading in joining])
        if not self._rows:
            return
        logits = self._batch.step([row.last for row in self._rows], [row.job.adapter for row in self._rows])
        for row, scores in zip(self._rows, logits, strict=True):
            row.write(scores)

    def _fail_rows(self, error: Exception) -> None:
        logger.exception("the model broke while it wrote %s answers", len(self._rows))
        for row in self._rows:
            row.job.fail(f"the model broke: {error}", error)
        self._rows = []
        self._batch.clear()


@dataclass
class _Row:
    """A job that is being written."""

    job: Job
    ends: frozenset[int]
    written: int = 0
    last: int = -1

    def __post_init__(self) -> None:
        # Each row has its own generator, so that its neighbours' draws change nothing here.
        self._rng = torch.Generator().manual_seed(self.job.seed)

    def write(self, logits: torch.Tensor) -> None:
        """Choose the next token and hand it over, or end the job."""
        try:
            self.last = next_token(logits, self.job.decoding, self._rng)
        except (RuntimeError, ValueError) as error:
            self.job.fail(f"no token can be chosen: {error}", error)
            return
        if self.last in self.ends:
            self.job.end("stop")
            return
        self.written += 1
        self.job.put(self.last)
        if self.written >= self.job.decoding.max_new_tokens:
            self.job.end("length")


@dataclass
class _Reading:
    """A job whose prompt is being read. row: set once it is read."""

    job: Job
    conversation: Conversations = field(default_factory=Conversations)
    row: _Row | None = None

    def __post_init__(self) -> None:
        self.unread = self.job.prompt

    def take(self, most: int) -> list[int]:
        """Return the next tokens to read, at most so many."""
        piece, self.unread = self.unread[:most], self.unread[most:]
        return piece
