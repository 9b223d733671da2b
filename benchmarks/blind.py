"""Whether the pace of the words tells who writes: `python -m benchmarks.blind [BATTLES]`.

Four entries write 10, 20, 40 and 80 words a second, served by a scripted server of the OpenAI kind. Whole battles are
followed over the API as a page follows them, and a classifier that knows the four rates guesses from the moments at
which words arrive which of the two sides is the faster. Its area under the curve has to be near one half where the
arena hides speed; `live` is the control, in which the same classifier has to see it.
"""

import asyncio
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import mean

import httpx

from tests.running import RunningArena

#: Words a second, and how many characters a word has with its space.
RATES = (10, 20, 40, 80)
LETTERS = 6
WORDS = (30, 160)
TICK_SECONDS = 0.05
PACINGS = ("lockstep", "when_done", "live")

#: When so many characters of a side arrived, in seconds.
Arrivals = Sequence[tuple[float, int]]


@dataclass
class Watched:
    """One battle as its voter saw it. a_is_faster: the truth, which the reveal tells."""

    a_is_faster: bool
    arrivals: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: {"a": [], "b": []})


def rate_of(arrivals: Arrivals) -> float:
    """Return the characters a second after the first piece; 0 where nothing came after it."""
    if len(arrivals) < 2 or arrivals[-1][0] <= arrivals[0][0]:
        return 0.0
    return sum(n for _, n in arrivals[1:]) / (arrivals[-1][0] - arrivals[0][0])


def nearest(rate: float) -> int:
    """Return which of RATES is the nearest to so many characters a second."""
    return min(RATES, key=lambda words: abs(words * LETTERS - rate))


def scores(watched: Sequence[Watched]) -> dict[str, list[float]]:
    """Return how much faster side A of each battle seems to be, by each way to look at it.

    nearest rate: of all that came of a side. pace alone: of what came of one side when the other had ended, beside the
    pace before. first words: who began earlier.
    """
    by_rate = [float(nearest(rate_of(w.arrivals["a"])) - nearest(rate_of(w.arrivals["b"]))) for w in watched]
    return {
        "nearest rate": by_rate,
        "rate": [rate_of(w.arrivals["a"]) - rate_of(w.arrivals["b"]) for w in watched],
        "pace alone": [_pace_alone(w) for w in watched],
        "first words": [_first(w, "b") - _first(w, "a") for w in watched],
    }


def area_under_curve(seen: Sequence[float], truth: Sequence[bool]) -> float:
    """Return the chance that a battle in which A is faster has a higher score than one in which B is, ties as half."""
    above = [s for s, is_so in zip(seen, truth, strict=True) if is_so]
    below = [s for s, is_so in zip(seen, truth, strict=True) if not is_so]
    return mean((high > low) + (high == low) / 2 for high in above for low in below)


def _first(watched: Watched, slot: str) -> float:
    return watched.arrivals[slot][0][0] if watched.arrivals[slot] else 0.0


def _pace_alone(watched: Watched) -> float:
    """Return by how much one side went on faster than both had gone: it is then the faster one."""
    a, b = watched.arrivals["a"], watched.arrivals["b"]
    if not a or not b:
        return 0.0
    longer, shorter, sign = (a, b, 1.0) if a[-1][0] > b[-1][0] else (b, a, -1.0)
    together = [piece for piece in longer if piece[0] <= shorter[-1][0]]
    alone = [piece for piece in longer if piece[0] >= shorter[-1][0]]
    return sign * (rate_of(alone) - rate_of(together)) if len(alone) > 2 and len(together) > 2 else 0.0


class _Scripted(BaseHTTPRequestHandler):
    """A model server whose models are called by the words that they write in a second."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for words in _in_time(int(asked["model"]), random.randint(*WORDS)):
            content = "".join(f"{random.randint(10_000, 99_999)} " for _ in range(words))
            self._send({"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": None}]})
        self._send({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, chunk: dict[str, object]) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _in_time(rate: int, words: int) -> Iterator[int]:
    """Yield how many words come now, when they are due."""
    start, written = time.perf_counter(), 0
    while written < words:
        time.sleep(TICK_SECONDS)
        due = min(words, int((time.perf_counter() - start) * rate))
        if due > written:
            yield due - written
        written = max(written, due)


ENTRIES = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for rate in {rates}:
    options = {{"base_url": "{url}/v1", "model": str(rate)}}
    M.objects.create(slug=f"w{{rate}}", display_name=f"W{{rate}}", backend="openai", options=options)
"""


def main() -> None:
    battles = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Scripted)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    print(f"{battles} battles of each pacing\n{'pacing':12}{'seen by':16}{'AUC':>6}")
    for pacing in PACINGS:
        for name, seen, truth in _measured(pacing, url, battles):
            print(f"{pacing:12}{name:16}{area_under_curve(seen, truth):6.2f}", flush=True)


def _measured(pacing: str, url: str, battles: int) -> Iterator[tuple[str, list[float], list[bool]]]:
    settings = {"ARENA_PACING": pacing, "ARENA_OPEN_BATTLES": str(battles), "ARENA_QUEUE_LIMIT": str(2 * battles)}
    with tempfile.TemporaryDirectory(prefix="bench-blind-") as folder:
        arena = RunningArena(Path(folder) / "var", **settings)
        try:
            arena.manage("shell", "--verbosity=0", "--command", ENTRIES.format(rates=RATES, url=url))
            token = arena.manage("api_token", "create", "blind").split()[0]
            watched = asyncio.run(_watch(arena.url, token, battles))
        finally:
            arena.stop()
    truth = [one.a_is_faster for one in watched]
    yield from ((name, seen, truth) for name, seen in scores(watched).items())


async def _watch(url: str, token: str, battles: int, at_once: int = 6) -> list[Watched]:
    headers, gate = {"Authorization": f"Bearer {token}"}, asyncio.Semaphore(at_once)
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=120) as program:

        async def one(number: int) -> Watched:
            async with gate:
                return await _play(program, number)

        return list(await asyncio.gather(*(one(number) for number in range(battles))))


async def _play(program: httpx.AsyncClient, number: int) -> Watched:
    begun = await program.post("/battles", json={"prompt": f"What does river number {number} say?"})
    battle, kind = begun.raise_for_status().json()["id"], ""
    watched = Watched(a_is_faster=False)
    async with program.stream("GET", f"/battles/{battle}/events") as response:
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            kind = value if name == "event" else kind
            if name == "data" and kind == "text":
                data = json.loads(value)
                watched.arrivals[data["slot"]].append((time.perf_counter(), len(data["text"])))
    voted = await program.post(f"/battles/{battle}/vote", json={"choice": "tie"})
    a, b = (int(side["slug"][1:]) for side in voted.raise_for_status().json()["reveal"]["sides"])
    watched.a_is_faster = a > b
    return watched


if __name__ == "__main__":
    main()
