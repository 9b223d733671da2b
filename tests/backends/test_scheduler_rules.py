"""What the scheduler promises, on tiny models: the same tokens as alone, in turn, within its room, and never stuck."""

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
)

from arena.backends.base import BackendError, Decoding, GenerationFailed, Unavailable
from arena.backends.transformers_local.batch import Batch
from arena.backends.transformers_local.job import Job
from arena.backends.transformers_local.memory import Limits
from arena.backends.transformers_local.scheduler import READ_BESIDE_OTHERS, Scheduler
from tests.backends.asking import Steps

VOCABULARY, WINDOW = 320, 16
SHAPE: dict[str, Any] = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 512,
    "initializer_range": 0.3,
    "eos_token_id": None,
    "bos_token_id": 1,
}


def llama():
    return LlamaForCausalLM(LlamaConfig(**SHAPE))


def mistral():
    return MistralForCausalLM(MistralConfig(**SHAPE, sliding_window=WINDOW))


def gemma():
    """Three layers that see a window, and one that sees all, as in Gemma 3."""
    layers = ["sliding_attention"] * 3 + ["full_attention"]
    return Gemma3ForCausalLM(Gemma3TextConfig(**SHAPE, sliding_window=WINDOW, layer_types=layers))


def seeded(make):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return make().eval()


@pytest.fixture(scope="module", params=[llama, mistral, gemma], ids=lambda make: make.__name__)
def model(request):
    return seeded(request.param)


class Watched(Batch):
    """Notes what the model is called for: ("read", tokens) and ("step", rows)."""

    def __init__(self, model):
        super().__init__(model)
        self.calls: list[tuple[str, int]] = []

    def read(self, conversation, tokens, adapter):
        self.calls.append(("read", len(tokens)))
        return super().read(conversation, tokens, adapter)

    def step(self, tokens, adapters):
        self.calls.append(("step", len(tokens)))
        return super().step(tokens, adapters)


@dataclass
class Running:
    """A scheduler and its batch, ended with the test."""

    batch: Watched
    scheduler: Scheduler
    open: list[Job] = field(default_factory=list)

    def submit(self, prompt, *, tokens=20, seed=1, temperature=0.0, seconds=60.0) -> Job:
        job = Job(list(prompt), Decoding(temperature, 1.0, tokens), seed, time.monotonic() + seconds)
        self.scheduler.submit(job)
        return job


@pytest.fixture
def run() -> Iterator:
    started = []

    def run(model, *, room=100_000, rows=8, batch=Watched) -> Running:
        limits = Limits(rows=rows)
        running = Running(made := batch(model), Scheduler(made, ends=frozenset(), room=room, limits=limits))
        started.append(running)
        return running

    yield run
    for running in started:
        running.scheduler.close()


def written(job: Job) -> list[int]:
    return [token for token in Steps(job.tokens()) if token is not None]


def all_written(jobs: list[Job]) -> list[list[int]]:
    """Each read by a thread of its own, as the workers do."""
    answers: list[list[int]] = [[] for _ in jobs]

    def read(number: int) -> None:
        answers[number] = written(jobs[number])

    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def alone(model, prompt, tokens):
    ids = torch.tensor([list(prompt)])
    out = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=tokens, do_sample=False, pad_token_id=0
    )
    return out[0, ids.shape[1] :].tolist()


def prompt_of(length, *, seed=0):
    return random.Random(length * 1000 + seed).choices(range(3, VOCABULARY), k=length)


@pytest.mark.parametrize("schedule", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 34))])
def test_answers_that_come_and_go_at_random_are_those_that_generate_writes(run, model, schedule):
    rng, running = random.Random(schedule), run(model, rows=4)
    cases = [(prompt_of(rng.randint(1, 90), seed=schedule), rng.randint(1, 30)) for _ in range(8)]
    jobs = []
    for prompt, tokens in cases:
        jobs.append(running.submit(prompt, tokens=tokens))
        time.sleep(rng.choice((0, 0, 0.02)))  # some come in the middle of others; when changes nothing
    assert all_written(jobs) == [alone(model, prompt, tokens) for prompt, tokens in cases]


def test_a_seed_draws_the_same_alone_and_among_others_that_come_and_go(run, model):
    mine = {"prompt": prompt_of(20), "seed": 5, "temperature": 1.0, "tokens": 30}
    expected = written(run(model).submit(**mine))
    running = run(model)
    others = [running.submit(prompt_of(n), tokens=3 * n, seed=n, temperature=1.0) for n in range(1, 5)]
    job = running.submit(**mine)
    others += [running.submit(prompt_of(n), tokens=n, seed=n, temperature=1.0) for n in range(40, 43)]
    assert all_written([job, *others])[0] == expected
    assert written(run(model).submit(**{**mine, "seed": 6})) != expected


def test_while_a_long_prompt_is_read_the_others_write_on_after_every_piece(run):
    running = run(seeded(llama))
    first = running.submit(prompt_of(5), tokens=60)
    tokens = Steps(first.tokens())
    next(token for token in tokens if token is not None)
    long = running.submit(prompt_of(400), tokens=1)
    assert len(written(long)) == 1
    list(tokens)
    calls = running.batch.calls[running.batch.calls.index(("step", 1)) :]
    reads = [number for number, call in enumerate(calls) if call[0] == "read"]
    assert len(reads) >= 400 // READ_BESIDE_OTHERS
    assert all(calls[number][1] <= READ_BESIDE_OTHERS for number in reads)
    assert all(calls[number + 1][0] == "step" for number in reads[:-1])


def test_those_that_came_first_are_read_first(run):
    running = run(seeded(llama), rows=1)
    order: list[int] = []

    async def read(number: int, job: Job) -> None:
        async for token in job.tokens():
            if token is not None:
                order.append(number)
                return

    async def read_all(jobs: list[Job]) -> None:
        await asyncio.gather(*(read(number, job) for number, job in enumerate(jobs)))

    asyncio.run(read_all([running.submit(prompt_of(30), tokens=3) for _ in range(5)]))
    assert order == sorted(order)


def test_an_answer_that_is_given_up_is_dropped_before_the_next_step_and_makes_room(run):
    running = run(seeded(llama), rows=2)
    stays, leaves = (running.submit(prompt_of(5), tokens=n) for n in (300, 600))
    left = Steps(leaves.tokens())
    next(token for token in left if token is not None)
    waits = running.submit(prompt_of(7), tokens=3)
    left.close()
    given_up_at = len(running.batch.calls)
    assert len(written(waits)) == 3
    assert len(written(stays)) == 300
    # One step may have been under way; afterwards there are never three rows, and the third one got in.
    after = running.batch.calls[given_up_at + 1 :]
    assert ("step", 2) in after
    assert sum(1 for kind, _ in running.batch.calls if kind == "step") < 450


def test_the_reserved_tokens_never_exceed_the_room(run):
    class Rooms(Watched):
        taken: list[int] = []

        def step(self, tokens, adapters):
            reserved = [row.job.reserved for row in running.scheduler._rows]
            self.taken.append(len(reserved) * max(reserved))
            return super().step(tokens, adapters)

    rng, running = random.Random(1), run(seeded(llama), room=150, batch=Rooms)
    cases = [(rng.randint(1, 60), rng.randint(1, 40)) for _ in range(20)]
    jobs = [running.submit(prompt_of(length), tokens=tokens) for length, tokens in cases]
    assert [len(answer) for answer in all_written(jobs)] == [tokens for _, tokens in cases]
    assert 75 < max(Rooms.taken) <= 150


def test_two_that_fill_the_room_are_written_together_and_a_third_waits(run):
    running = run(seeded(llama), room=100)
    jobs = [running.submit(prompt_of(20), tokens=30) for _ in range(3)]
    assert [len(answer) for answer in all_written(jobs)] == [30, 30, 30]
    assert max(rows for kind, rows in running.batch.calls if kind == "step") == 2


def test_what_is_not_done_by_its_deadline_fails_also_while_it_waits(run):
    running = run(seeded(llama), rows=1)
    busy = running.submit(prompt_of(5), tokens=400)
    late = running.submit(prompt_of(5), seconds=0.0)
    with pytest.raises(GenerationFailed, match="not done after"):
        written(late)
    assert len(written(busy)) == 400


class Breaking(Watched):
    """Breaks at one call of a kind."""

    breaks_at: tuple[str, int] = ("", 0)

    def _count(self, kind):
        if kind == self.breaks_at[0] and sum(1 for called, _ in self.calls if called == kind) == self.breaks_at[1]:
            raise RuntimeError("out of memory")

    def read(self, conversation, tokens, adapter):
        logits = super().read(conversation, tokens, adapter)
        self._count("read")
        return logits

    def step(self, tokens, adapters):
        logits = super().step(tokens, adapters)
        self._count("step")
        return logits


def test_a_model_that_breaks_fails_what_it_wrote_and_goes_on_with_the_next(run, caplog):
    model = seeded(llama)
    running = run(model, batch=type("AtStep", (Breaking,), {"breaks_at": ("step", 5)}))
    jobs = [running.submit(prompt_of(n), tokens=30) for n in (5, 9)]
    for job in jobs:
        with pytest.raises(GenerationFailed, match="the model broke: out of memory"):
            written(job)
    assert written(running.submit(prompt_of(5), tokens=10)) == alone(model, prompt_of(5), 10)


def test_a_prompt_that_breaks_the_model_fails_alone(run, caplog):
    model = seeded(llama)
    running = run(model, batch=type("AtRead", (Breaking,), {"breaks_at": ("read", 2)}))
    first = running.submit(prompt_of(5), tokens=40)
    tokens = Steps(first.tokens())
    answer = [next(token for token in tokens if token is not None)]
    broken = running.submit(prompt_of(6), tokens=5)
    with pytest.raises(GenerationFailed, match="out of memory"):
        written(broken)
    answer += [token for token in tokens if token is not None]
    assert answer == alone(model, prompt_of(5), 40)


def test_logits_that_are_no_numbers_fail_their_row_only(run):
    class Nothing(Watched):
        def step(self, tokens, adapters):
            logits = super().step(tokens, adapters)
            if len(tokens) == 2:
                logits[1] = float("nan")
            return logits

    model = seeded(llama)
    running = run(model, batch=Nothing)
    jobs = [running.submit(prompt_of(5), tokens=40), running.submit(prompt_of(5), tokens=40)]
    answers: list[object] = []
    for job in jobs:
        try:
            answers.append(written(job))
        except BackendError as error:
            answers.append(type(error))
    assert answers == [alone(model, prompt_of(5), 40), GenerationFailed]


def test_a_closed_scheduler_takes_nothing_and_ends_what_waits(run):
    running = run(seeded(llama), rows=1)
    jobs = [running.submit(prompt_of(5), tokens=400) for _ in range(3)]
    running.scheduler.close()
    for job in jobs:
        with pytest.raises(GenerationFailed, match="the process ends"):
            written(job)
    with pytest.raises(Unavailable, match="closed"):
        running.submit(prompt_of(5))


UNFINISHED = """
from tests.backends.test_scheduler_rules import *
made = Watched(seeded(llama))
scheduler = Scheduler(made, ends=frozenset(), room=10_000, limits=Limits())
for _ in range(3):
    scheduler.submit(Job(prompt_of(20), Decoding(0.0, 1.0, 100_000), 1, time.monotonic() + 600))
print("ends")
"""


def test_a_process_ends_though_answers_are_being_written():
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", UNFINISHED], cwd=root, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (0, "ends\n"), done.stderr
