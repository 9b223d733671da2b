"""What it costs to show Markdown while it is written: `python -m benchmarks.markup [--characters 18000]`.

One answer of each kind comes in so many pieces, as a socket renders it for its page. Printed, of this process alone:

CPU      seconds in all, and of the longest step in milliseconds; bar: half a second.
whole    milliseconds to render the finished answer once; bar: 50.
sent     bytes of all messages as a multiple of the text's; bar: 3.
"""

import argparse
import json
import time
from dataclasses import dataclass

from arena.answers.events import Event
from arena.answers.growing import Page
from arena.markup import render_markdown
from benchmarks.page import PART

PIECES = 300
KINDS = {
    "table": "| Model | Parameters | Context | Licence | Released | Price |\n|---|---:|---:|---|---|---|\n"
    + "| Some model | 6.7B | 2,048 | research licence | 2023-02 | free |\n" * 400,
    "rich table": "| Model | Formula | Code |\n|---|---|---|\n"
    + "| **Model** | $x_1^2$ | `code`, [link](https://example.org/) |\n" * 400,
    "list": "1. **An item.** Some words with `code` and *emphasis* for a while.\n" * 400,
    "prose": "Some **bold** prose goes on here, with `code`, and it ends after more words.\n\n" * 400,
    "paragraph": "A sentence with some **bold** words in it, in one long paragraph. " * 400,
    "code": "```python\n" + 'def f(x, y=None):\n    """Say it."""\n    return "text" + str(x)  # so\n\n' * 400,
    "quotation": "> A line of a quotation with **bold** words.\n" * 500,
    "definitions": "[x]: y\n" * 3000,
    "dollars": "$$\n" * 3000,
    "mixed": "".join(PART.replace("{n}", str(n)) for n in range(60)),
}


@dataclass
class Figures:
    """Seconds in all, of the longest step, and of the whole at once; bytes sent."""

    all: float
    longest: float
    whole: float
    sent: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=18_000, help="length of each answer (default 18,000)")
    characters = parser.parse_args().characters
    measured("Some *words*.\n\n```python\nx = 1\n```\n")  # what is made at the first use is made
    for kind, text in KINDS.items():
        figures = measured(text[:characters])
        times = f"{figures.all:5.2f} s  longest {figures.longest * 1e3:4.0f} ms  whole {figures.whole * 1e3:4.0f} ms"
        print(f"{kind:12} CPU {times}  sent {figures.sent / len(text[:characters].encode()):4.2f}", flush=True)


def measured(text: str) -> Figures:
    page, steps, sent = Page(), [], 0
    size = -(-len(text) // PIECES)
    for at in range(0, len(text), size):
        start = time.process_time()
        message = page.message(Event(1, "a", 1, "text", text[at : at + size]))
        steps.append(time.process_time() - start)
        sent += _bytes(message)
    start = time.process_time()
    html = render_markdown(text)
    whole = time.process_time() - start
    sent += _bytes(page.message(Event(1, "a", 1, "finished", html=html)))
    return Figures(sum(steps), max(steps), whole, sent)


def _bytes(message: dict[str, object] | None) -> int:
    return len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


if __name__ == "__main__":
    main()
