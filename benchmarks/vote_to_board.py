"""The time from a vote to an open leaderboard page: `python -m benchmarks.vote_to_board [VOTES]`.

Starts a whole arena with entries that answer at once, votes one battle after the other over HTTP, and measures until
the new rows arrive on a WebSocket that listens as an open page does.
"""

import asyncio
import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles

import httpx
import websockets
from websockets.typing import Origin

from tests.running import RunningArena

ENTRIES = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for number in range(6):
    M.objects.create(slug=f"q{number}", display_name=f"Q{number}", backend="recorded", options={"text": "Yes."})
"""
CHOICES = ("model_a", "model_b", "tie", "both_bad")


async def measure(arena: RunningArena, votes: int) -> list[float]:
    seconds = []
    address = f"ws://127.0.0.1:{arena.port}/ws/leaderboard/"
    async with (
        websockets.connect(address, origin=Origin(arena.url)) as page,
        httpx.AsyncClient(base_url=arena.url) as visitor,
    ):
        for number in range(votes):
            token = await token_of(visitor, "/")
            answer = await visitor.post(
                "/battles/", data={"csrfmiddlewaretoken": token, "prompt": f"Question {number}"}
            )
            battle = answer.headers["Location"]
            while 'data-state="settled"' not in (await visitor.get(battle)).text:
                await asyncio.sleep(0.05)
            token = await token_of(visitor, battle)
            start = time.perf_counter()
            choice = CHOICES[number % len(CHOICES)]
            reply = await visitor.post(f"{battle}vote/", data={"csrfmiddlewaretoken": token, "choice": choice})
            assert reply.status_code == 200, reply.text
            await asyncio.wait_for(page.recv(), timeout=30)
            seconds.append(time.perf_counter() - start)
    return seconds


async def token_of(visitor: httpx.AsyncClient, address: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', (await visitor.get(address)).text)[1]


def main() -> None:
    votes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        arena = RunningArena(Path(folder) / "var")
        try:
            arena.manage("shell", "--verbosity=0", "--command", ENTRIES)
            seconds = asyncio.run(measure(arena, votes))
        finally:
            arena.stop()
    p95 = quantiles(seconds, n=20)[-1]
    print(f"{votes} votes: median {median(seconds):.3f} s, p95 {p95:.3f} s, longest {max(seconds):.3f} s")


if __name__ == "__main__":
    main()
