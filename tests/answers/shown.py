"""What a page shows of the messages that a socket brings: the same steps as arena/static/arena/answer.js takes."""

import re
from html import unescape
from typing import Any

from arena.markup.short import PARTS


class Shown:
    """One page. Lengths in messages are in UTF-16 units."""

    def __init__(self) -> None:
        self.done: dict[str, str] = {}
        self.open: dict[str, str] = {}

    def add(self, message: dict[str, Any]) -> None:
        slot = message.get("slot", "")
        if message["kind"] == "restarted" or message.get("whole"):
            self.done[slot] = self.open[slot] = ""
        if "html" in message:
            before = _units(self.open.get(slot, ""))
            kept = before[: len(before) - 2 * message.get("drop", 0)]
            units, done = kept + _units(expanded(message["html"])), 2 * message.get("done", 0)
            self.done[slot] = self.done.get(slot, "") + units[:done].decode("utf-16-le")
            self.open[slot] = units[done:].decode("utf-16-le")

    def html(self, slot: str) -> str:
        return self.done.get(slot, "") + self.open.get(slot, "")

    def text(self, slot: str) -> str:
        return unescape(re.sub(r"<[^>]*>", "", self.html(slot))).strip()


def expanded(html: str) -> str:
    return re.sub("[\x80-\x9f]", lambda found: PARTS[ord(found[0]) - 0x80], html)


def _units(text: str) -> bytes:
    return text.encode("utf-16-le")
