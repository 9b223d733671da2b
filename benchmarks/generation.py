"""The speed of a local model beside transformers' own generate(): `make bench-generation`, or

    python -m benchmarks.generation [ROUNDS] [--app]

SmolLM2-135M in float32 with one thread, on whatever this machine is: only ratios of one run are compared. What is
compared takes turns, and medians of the rounds are printed.

one stream      one answer, ours against generate(), in processor seconds: the same tokens, or the run ends.
staggered       eight requests, one every 0.4 s, against generate() one after the other, from the first request on.
full batch      eight at once: tokens a second of all, against generate() one after the other.
stall           four are being written while a prompt of 1,000 tokens joins: the longest times between their tokens.
app             from the click on "Start battle" to the first words in Chromium (median), against the first words of the
                same prompt in this process; two models answer, each in a worker of its own.
"""

import argparse
import asyncio
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

import torch
from django.conf import settings
from transformers import AutoModelForCausalLM

if TYPE_CHECKING:
    from arena.backends.transformers_local.job import Job
    from arena.backends.transformers_local.model import LocalModel
    from arena.backends.transformers_local.prompt import PromptFormat

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = "smollm2-135m-instruct"
FOLDER = ROOT / "var" / "models" / WEIGHTS
SUBJECTS = ("the sea", "a fox", "two friends", "the moon", "bread", "a long road", "winter", "old maps")
TOKENS = 48
PAUSE_SECONDS = 0.4
BARS = {"one stream": 1.15, "staggered": 1.5, "full batch": 3.0, "stall": 0.4, "app": 0.15}


@dataclass(frozen=True)
class Both:
    """The same weights twice: in our host, and for generate()."""

    ours: "LocalModel"
    theirs: Any
    prompt_format: "PromptFormat"

    def ids(self, prompt: str) -> list[int]:
        from arena.backends.base import Decoding, Message, Request

        messages = (Message("system", "You are a helpful assistant."), Message("user", prompt))
        return self.prompt_format.token_ids(Request(messages, Decoding(), 1, "tokenizer"))

    def job(self, ids: list[int], tokens: int):
        """Return a job whose answer does not end before it has so many tokens."""
        from arena.backends.base import Decoding
        from arena.backends.transformers_local.job import Job

        return Job(ids, Decoding(0.0, 1.0, tokens), 1, time.monotonic() + 600)

    def generated(self, ids: list[int], tokens: int) -> list[int]:
        made = torch.tensor([ids])
        out = self.theirs.generate(
            made,
            attention_mask=torch.ones_like(made),
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            do_sample=False,
            pad_token_id=0,
        )
        return out[0, len(ids) :].tolist()

    def written(self, ids: list[int], tokens: int) -> list[tuple[float, int]]:
        """Return when each token came, and which."""
        job = self.job(ids, tokens)
        self.ours._scheduler.submit(job)
        return asyncio.run(_timed(job))


def read() -> Both:
    from arena.backends.transformers_local.memory import Limits
    from arena.backends.transformers_local.model import LocalModel
    from arena.backends.transformers_local.prompt import PromptFormat

    ours = LocalModel.read(FOLDER, Limits())
    # Neither side may stop early: the same number of tokens is timed.
    ours._scheduler._ends = frozenset()
    theirs = AutoModelForCausalLM.from_pretrained(FOLDER, dtype=torch.float32)
    theirs.generation_config.eos_token_id = None
    return Both(ours, theirs, PromptFormat.read(FOLDER))


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    work()
    return clock() - began


def one_stream(both: Both, rounds: int) -> tuple[float, str]:
    ids, ours, theirs = both.ids(f"Write about {SUBJECTS[0]}."), [], []
    expected = both.generated(ids, TOKENS)
    assert [token for _, token in both.written(ids, TOKENS)] == expected, "other tokens than generate()'s"
    for _ in range(rounds):
        theirs.append(seconds(lambda: both.generated(ids, TOKENS), time.process_time))
        ours.append(seconds(lambda: both.written(ids, TOKENS), time.process_time))
    ratio = median(theirs) / median(ours)
    return ratio, f"{TOKENS / median(ours):.1f} against {TOKENS / median(theirs):.1f} tokens a processor second"


def staggered(both: Both, rounds: int) -> tuple[float, str]:
    prompts = [both.ids(f"Write about {subject}." + " Be brief." * (i % 3)) for i, subject in enumerate(SUBJECTS)]
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(seconds(lambda: [both.generated(ids, TOKENS) for ids in prompts]))
        ours.append(seconds(lambda: together(both, prompts, PAUSE_SECONDS)))
    return median(theirs) / median(ours), f"{median(ours):.1f} s against {median(theirs):.1f} s, the arrivals included"


def full_batch(both: Both, rounds: int) -> tuple[float, str]:
    prompts = [both.ids(f"Write about {subject}.") for subject in SUBJECTS]
    one, eight, theirs = [], [], []
    for _ in range(rounds):
        theirs.append(seconds(lambda: [both.generated(ids, TOKENS) for ids in prompts[:2]]))
        one.append(seconds(lambda: both.written(prompts[0], TOKENS)))
        eight.append(seconds(lambda: together(both, prompts, 0.0)))
    rates = len(prompts) * TOKENS / median(eight), 2 * TOKENS / median(theirs)
    alone = TOKENS / median(one)
    return rates[0] / rates[1], f"{rates[0]:.1f} against {rates[1]:.1f} tokens a second; ours alone {alone:.1f}"


def together(both: Both, prompts: list[list[int]], pause: float) -> None:
    threads = []
    for ids in prompts:
        threads.append(threading.Thread(target=both.written, args=(ids, TOKENS)))
        threads[-1].start()
        time.sleep(pause)
    for thread in threads:
        thread.join()


def stall(both: Both, rounds: int) -> tuple[float, str]:
    long = (both.ids("Sum this up. " + "The sea is wide and the road is long. " * 120))[:1000]
    gaps: list[float] = []
    for _ in range(rounds):
        gaps += _gaps_beside(both, long)
    p95 = quantiles(gaps, n=20)[-1]
    return p95, f"p95 of {len(gaps)} waits; the longest {max(gaps):.2f} s, without the newcomer {_usual(both):.2f} s"


def _gaps_beside(both: Both, long: list[int]) -> list[float]:
    times: list[list[float]] = [[] for _ in range(4)]

    def write(number: int) -> None:
        ids = both.ids(f"Write about {SUBJECTS[number]}.")
        times[number] = [at for at, _ in both.written(ids, 200)]

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(3.0)
    began = time.perf_counter()
    first = both.written(long, 1)[0][0]
    for thread in threads:
        thread.join()
    return [after - before for row in times for before, after in pairwise(row) if began <= after <= first]


def _usual(both: Both) -> float:
    times = [at for at, _ in both.written(both.ids("Hello."), 20)]
    return median(after - before for before, after in pairwise(times))


def raw_first_text(both: Both, prompt: str) -> float:
    began = time.perf_counter()
    job = both.job(both.ids(prompt), 2)
    both.ours._scheduler.submit(job)
    asyncio.run(_first(job))
    return time.perf_counter() - began


async def _timed(job: "Job") -> list[tuple[float, int]]:
    return [(time.perf_counter(), token) async for token in job.tokens() if token is not None]


async def _first(job: "Job") -> None:
    async with aclosing(job.tokens()) as tokens:
        async for token in tokens:
            if token is not None:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--no-app", action="store_true", help="without the arena and Chromium")
    options = parser.parse_args()
    settings.configure(MODEL_MEMORY_MB=0)
    torch.set_num_threads(1)
    random.seed(1)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {options.rounds} rounds", flush=True)
    both = read()
    for name, measure in {"one stream": one_stream, "staggered": staggered, "full batch": full_batch}.items():
        ratio, how = measure(both, options.rounds)
        print(f"{name:11} {ratio:6.2f} times  (bar {BARS[name]})  {how}", flush=True)
    p95, how = stall(both, max(1, options.rounds // 2))
    print(f"{'stall':11} {p95:6.2f} s      (bar {BARS['stall']})  {how}", flush=True)
    if not options.no_app:
        from benchmarks.generation_app import first_words

        prompts = [f"Why do people like {subject}?" for subject in SUBJECTS]
        raw = median(raw_first_text(both, prompt) for prompt in prompts)
        shown = median(first_words(prompts))
        print(
            f"{'app':11} {shown - raw:6.2f} s      (bar {BARS['app']})  {shown:.2f} s shown, {raw:.2f} s raw",
            flush=True,
        )


if __name__ == "__main__":
    main()
