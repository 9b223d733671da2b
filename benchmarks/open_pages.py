"""The time from a vote to open leaderboard pages: `python -m benchmarks.open_pages [PAGES ...]`.

Starts a whole arena, opens so many sockets as pages open them (200 and 1,000, unless others are given), votes over
HTTP, and measures from the click to the new rows on each page. The pages are on the machine of the arena.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import httpx
import websockets
from websockets.typing import Origin

from benchmarks.vote_to_board import token_of
from tests.running import RunningArena

VOTES, MODELS = 10, 60
BARS = {200: 1.0, 1000: 3.0}
ENTRIES = f"""
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for number in range({MODELS}):
    M.objects.create(slug=f"q{{number}}", display_name=f"Model {{number}}", organisation="Bench", licence="MIT",
        backend="recorded", options={{"text": "Yes."}})
"""


def main() -> None:
    counts = [int(text) for text in sys.argv[1:]] or list(BARS)
    with tempfile.TemporaryDirectory() as folder:
        arena = RunningArena(Path(folder) / "var", ARENA_OPEN_BATTLES="500", ARENA_PAIRING="uniform")
        try:
            arena.manage("shell", "--verbosity=0", "--command", ENTRIES)
            for pages in counts:
                report(pages, asyncio.run(measure(arena, pages)))
        finally:
            arena.stop()


def report(pages: int, seconds: list[float]) -> None:
    p95 = quantiles(seconds, n=20)[-1]
    bar = f" (bar {BARS[pages]:.0f})" if pages in BARS else ""
    print(
        f"{pages:,} open pages, {VOTES} votes: median {median(seconds):.2f} s, p95 {p95:.2f} s{bar}, "
        f"longest {max(seconds):.2f} s",
        flush=True,
    )


async def measure(arena: RunningArena, pages: int) -> list[float]:
    address = f"ws://127.0.0.1:{arena.port}/ws/leaderboard/"
    opened = []
    for _ in range(pages):
        opened.append(await websockets.connect(address, origin=Origin(arena.url), max_size=None, ping_interval=None))
    seconds = []
    async with httpx.AsyncClient(base_url=arena.url, timeout=60) as visitor:
        for number in range(VOTES):
            battle = await answered(visitor, f"Question {number} of {pages}")
            await asyncio.sleep(2)  # nothing of the vote before is on its way
            await asyncio.gather(*(drained(page) for page in opened))
            token = await token_of(visitor, battle)
            start = time.perf_counter()
            waiting = [asyncio.create_task(arrival(page, start)) for page in opened]
            reply = await visitor.post(f"{battle}vote/", data={"csrfmiddlewaretoken": token, "choice": "model_a"})
            assert reply.status_code == 200, reply.text
            seconds += await asyncio.gather(*waiting)
    await asyncio.gather(*(page.close() for page in opened))
    return seconds


async def answered(visitor: httpx.AsyncClient, prompt: str) -> str:
    """Start a battle and return its address when it waits for a vote."""
    token = await token_of(visitor, "/")
    answer = await visitor.post("/battles/", data={"csrfmiddlewaretoken": token, "prompt": prompt})
    battle = answer.headers["Location"]
    while 'data-state="settled"' not in (await visitor.get(battle)).text:
        await asyncio.sleep(0.1)
    return battle


async def drained(page: websockets.ClientConnection) -> None:
    """Read what has come already."""
    try:
        while True:
            await asyncio.wait_for(page.recv(), timeout=0.01)
    except TimeoutError:
        return


async def arrival(page: websockets.ClientConnection, start: float) -> float:
    await asyncio.wait_for(page.recv(), timeout=60)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
