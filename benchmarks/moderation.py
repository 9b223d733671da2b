"""What the shipped rules find, what they take for unsafe that is not, and how long they take.

    python -m benchmarks.moderation [FILE...]

Reads `tests/moderation/labelled.tsv`, of which each third line of a language was held out, and `fresh.tsv`, which was
written when the rules were done and changed nothing in them. FILE: JSON lines of prompts that are safe, such as
MT-bench's, or an AlpacaEval output, packed or not, whose answers are judged too.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from arena.moderation.rules import Rules, shipped_rules

LABELLED = Path(__file__).parent.parent / "tests" / "moderation"
HELD_OUT_EACH = 3
REPEATS = 5


class Line(NamedTuple):
    language: str
    label: str
    text: str
    part: str

    @property
    def is_unsafe(self) -> bool:
        return self.label != "safe"


def main() -> None:
    rules, lines = shipped_rules(), [*labelled(), *fresh()]
    print(f"rules {rules.version}: {len(rules.rules)} in {len({rule.language for rule in rules.rules})} languages")
    for part in ("seen", "held out", "fresh"):
        print_figures(rules, part, [line for line in lines if line.part == part])
    for name in sys.argv[1:]:
        print_alarms(rules, Path(name))
    print_times(rules, [line.text for line in lines])


def labelled() -> Iterator[Line]:
    """Yield the labelled lines. The same lines of all languages are held out, as they say the same."""
    numbers: Counter[str] = Counter()
    for language, label, text in _rows("labelled.tsv"):
        numbers[language] += 1
        is_held_out = numbers[language] % HELD_OUT_EACH == 0
        yield Line(language, label, text, "held out" if is_held_out else "seen")


def fresh() -> Iterator[Line]:
    """Yield the lines that were written after the rules."""
    for language, label, text in _rows("fresh.tsv"):
        yield Line(language, label, text, "fresh")


def counted(rules: Rules, lines: list[Line]) -> Counter[str]:
    """Return how many lines are found, missed, false alarms and rightly let pass."""
    words = {(True, True): "found", (True, False): "missed", (False, True): "false alarms", (False, False): "passed"}
    return Counter(words[line.is_unsafe, rules.verdict(line.text).is_unsafe] for line in lines)


def print_figures(rules: Rules, part: str, lines: list[Line]) -> None:
    for language in ("all", *dict.fromkeys(line.language for line in lines)):
        counts = counted(rules, [line for line in lines if language in ("all", line.language)])
        unsafe, alarms = counts["found"] + counts["missed"], counts["found"] + counts["false alarms"]
        precision = f"{counts['found'] / alarms:.2f}" if alarms else "none found"
        recall = f"{counts['found'] / unsafe:.2f} ({counts['found']} of {unsafe})"
        print(f"{part:9} {language:4} recall {recall:16} precision {precision}, false alarms {counts['false alarms']}")


def print_alarms(rules: Rules, file: Path) -> None:
    texts = list(texts_of(file))
    alarms = [text for text in texts if rules.verdict(text).is_unsafe]
    print(f"{file.name}: {len(alarms)} of {len(texts):,} texts ({len(alarms) / max(1, len(texts)):.3%})")
    for text in alarms[:5]:
        print("   ", " ".join(text.split())[:160])


def print_times(rules: Rules, texts: list[str]) -> None:
    taken = []
    for text in texts * REPEATS:
        began = perf_counter()
        rules.verdict(text)
        taken.append(1000 * (perf_counter() - began))
    longest = " ".join(texts)[:12_000]
    began = perf_counter()
    rules.verdict(longest)
    print(f"a line: p50 {_at(taken, 0.5):.2f} ms, p95 {_at(taken, 0.95):.2f} ms; ", end="")
    print(f"12,000 characters: {1000 * (perf_counter() - began):.0f} ms")


def texts_of(file: Path) -> Iterator[str]:
    """Yield every text of a file of prompts or of recorded answers."""
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    content = raw.decode("utf-8")
    for row in json.loads(content) if content.lstrip().startswith("[") else map(json.loads, content.splitlines()):
        yield from _texts(row)


def _texts(row: dict[str, Any]) -> Iterator[str]:
    for key in ("instruction", "output", "prompt", "text", "turns"):
        value = row.get(key, [])
        yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text)


def _rows(name: str) -> Iterator[list[str]]:
    return (line.split("\t") for line in (LABELLED / name).read_text("utf-8").splitlines())


def _at(values: list[float], share: float) -> float:
    return sorted(values)[int(share * (len(values) - 1))]


if __name__ == "__main__":
    main()
