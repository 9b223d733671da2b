"""A load of many battles at once by programs: `python -m benchmarks.api_streams [BATTLES]`.

Starts a whole arena with recorded entries. All battles begin at once over the API and each is followed by server-sent
events; every second stream is cut in its middle and goes on after its last id, or begins anew where events have none.
The joined text of each side has to be the stored answer, to the last character; then each battle gets a vote and shows
who they were.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.running import RunningArena

ENTRIES = """
from arena.models import LanguageModel as M
M.objects.update(state="paused")
for number in range(8):
    line = f"바다는 왜 짤까요? 🌊\\n\\n- Rain wears *rock {number}* away;\\n\\trivers carry what it takes.\\n"
    text = line * (5 + 3 * number)
    M.objects.create(slug=f"e{number}", display_name=f"E{number}", backend="recorded", options={"text": text})
"""
CUT_AFTER = 6
ATTEMPTS = 20

Sent = tuple[str, str, dict[str, Any]]


@dataclass
class Followed:
    """One battle as a program saw it. waited: seconds until its first words; text: by slot."""

    id: str
    begun: float
    waited: float = 0.0
    events: int = 0
    connections: int = 0
    last_id: str = "0"
    text: dict[str, str] = field(default_factory=lambda: {"a": "", "b": ""})

    def connect(self) -> None:
        """Count one connection more. Without ids, which not every pacing gives, it begins with the first words."""
        self.connections += 1
        if self.last_id == "0":
            self.text = dict.fromkeys(self.text, "")

    def add(self, id: str, kind: str, data: dict[str, Any]) -> None:
        self.events += 1
        self.last_id = id or self.last_id
        if kind == "restarted":
            self.text[data["slot"]] = ""
        elif kind == "text":
            self.waited = self.waited or time.perf_counter() - self.begun
            self.text[data["slot"]] += data["text"]


def main() -> None:
    battles = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    many = {"ARENA_OPEN_BATTLES": str(battles), "ARENA_QUEUE_LIMIT": str(2 * battles)}
    # Ten times the pace of a page, since the arena is measured and not the pace.
    many["ARENA_RECORDED_RATE"] = "2400"
    with tempfile.TemporaryDirectory(prefix="bench-streams-") as folder:
        arena = RunningArena(Path(folder) / "var", **many)
        try:
            arena.manage("shell", "--verbosity=0", "--command", ENTRIES)
            token = arena.manage("api_token", "create", "streams").split()[0]
            asyncio.run(measure(arena.url, token, battles))
        finally:
            arena.stop()


async def measure(url: str, token: str, battles: int) -> None:
    # The server closes connections that are idle for five seconds, maybe while a request is on its way.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, limits=limits, timeout=120) as program:
        start = time.perf_counter()
        begun = await asyncio.gather(*(begin(program, number) for number in range(battles)))
        all_begun = time.perf_counter() - start
        await asyncio.gather(*(follow(program, battle, is_cut=at % 2 == 0) for at, battle in enumerate(begun)))
        seconds = time.perf_counter() - start
        lost = sum(await asyncio.gather(*(characters_lost(program, battle) for battle in begun)))
        start = time.perf_counter()
        await asyncio.gather(*(vote(program, battle) for battle in begun))
        print_figures(begun, all_begun, seconds, time.perf_counter() - start, lost)
    if lost:
        raise SystemExit("A stream was not what is stored.")


async def begin(program: httpx.AsyncClient, number: int) -> Followed:
    start = time.perf_counter()
    answer = await program.post("/battles", json={"prompt": f"Why is sea number {number} salty?"})
    return Followed(answer.raise_for_status().json()["id"], start)


async def follow(program: httpx.AsyncClient, battle: Followed, *, is_cut: bool) -> None:
    """Follow the battle until it has settled; a stream that ends before is opened again."""
    for attempt in range(ATTEMPTS):
        battle.connect()
        async with aclosing(server_sent(program, battle)) as coming:
            async for id, kind, data in coming:
                if kind == "settled":
                    return
                battle.add(id, kind, data)
                if is_cut and attempt == 0 and battle.events == CUT_AFTER:
                    break
    raise SystemExit(f"battle {battle.id} has not settled after {ATTEMPTS} connections")


async def server_sent(program: httpx.AsyncClient, battle: Followed) -> AsyncGenerator[Sent, None]:
    """Yield the (id, event, data) of one connection."""
    after = {"Last-Event-ID": battle.last_id}
    async with program.stream("GET", f"/battles/{battle.id}/events", headers=after) as response:
        response.raise_for_status()
        fields: dict[str, str] = {}
        async for line in response.aiter_lines():
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
            elif not line and fields:
                yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
                fields = {}


async def characters_lost(program: httpx.AsyncClient, battle: Followed) -> int:
    """Return by how much what was followed and what is stored differ, 0 where they are the same text."""
    (turn,) = (await program.get(f"/battles/{battle.id}")).raise_for_status().json()["turns"]
    stored = {answer["slot"]: answer["text"] for answer in turn["answers"]}
    return sum(max(1, abs(len(text) - len(stored[slot]))) for slot, text in battle.text.items() if text != stored[slot])


async def vote(program: httpx.AsyncClient, battle: Followed) -> None:
    answer = await program.post(f"/battles/{battle.id}/vote", json={"choice": "tie"})
    sides = answer.raise_for_status().json()["reveal"]["sides"]
    assert len({side["name"] for side in sides}) == 2


def print_figures(begun: list[Followed], all_begun: float, seconds: float, voted: float, lost: int) -> None:
    events, waited = sum(battle.events for battle in begun), sorted(battle.waited for battle in begun)
    characters = sum(len(text) for battle in begun for text in battle.text.values())
    connections = sum(battle.connections for battle in begun)
    rows = {
        "battles begun at once, a second": f"{len(begun) / all_begun:,.1f}",
        "until all answers had ended, seconds": f"{seconds:,.1f}",
        "events, a second": f"{events:,}, {events / seconds:,.0f}",
        "characters, a second": f"{characters:,}, {characters / seconds:,.0f}",
        "until the first words, median and longest, seconds": f"{median(waited):.2f}, {waited[-1]:.2f}",
        "connections, of which were cut and resumed": f"{connections}, {connections - len(begun)}",
        "characters lost or doubled": f"{lost}",
        "votes with their reveal, a second": f"{len(begun) / voted:,.1f}",
    }
    print(f"{len(begun)} battles")
    for what, figure in rows.items():
        print(f"{what:52}{figure:>16}")


if __name__ == "__main__":
    main()
