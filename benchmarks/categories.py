"""The quality and speed of the rules of the categories: `python -m benchmarks.categories [--errors] [FILE ...]`.

Precision, recall and F1 of each category on the labelled sample (tests/categories), for the prompts that the rules
were written with and for those held out; then prompts a second on one core. With --errors: what is wrong among the
prompts that the rules were written with, and nothing of those held out. FILEs are questions with a category of their
own, as MT-bench and Vicuna-bench have them: of each such category, how many prompts the rules put into which kind.
"""

import argparse
import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.categories import CATEGORIES, RULES_VERSION, categories_of

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "categories" / "sample.jsonl"
#: The lengths are counted, not judged: the sample has no labels for them.
KINDS = tuple(category.key for category in CATEGORIES.values() if category.group == "kind")
JUDGED = tuple(category.key for category in CATEGORIES.values() if category.group != "length")
LENGTH = 200


@dataclass(frozen=True)
class Labelled:
    """A prompt and the keys that a careful reader gave it."""

    text: str
    keys: frozenset[str]

    @property
    def is_held_out(self) -> bool:
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 3 == 0


@dataclass(frozen=True)
class Score:
    """The counts of one category, and shares in [0, 1]; a share of nothing is 0."""

    right: int
    given: int
    labelled: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.given)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.labelled)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.given + self.labelled)


def sample(*, held_out: bool) -> list[Labelled]:
    """Return one part of the labelled prompts."""
    rows = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    prompts = [Labelled(row["text"], frozenset({row["language"], *row["labels"]})) for row in rows]
    return [prompt for prompt in prompts if prompt.is_held_out == held_out]


def score(prompts: Sequence[Labelled]) -> dict[str, Score]:
    """Return, by category, how well the rules do on these prompts."""
    pairs = [(categories_of([prompt.text]), prompt.keys) for prompt in prompts]
    return {
        key: Score(
            sum(key in given and key in labelled for given, labelled in pairs),
            sum(key in given for given, _ in pairs),
            sum(key in labelled for _, labelled in pairs),
        )
        for key in JUDGED
    }


def errors(prompts: Sequence[Labelled]) -> Iterator[str]:
    """Yield a line for each category that a prompt got wrongly (+) or missed (-)."""
    for prompt in prompts:
        wrong = (categories_of([prompt.text]) & set(JUDGED)) ^ prompt.keys
        for key in sorted(wrong):
            yield f"{'-' if key in prompt.keys else '+'}{key:15}{prompt.text[:90]!r}"


def a_second(prompts: Sequence[Labelled], *, rounds: int = 20) -> float:
    """Return how many prompts of 200 characters one core sorts in a second.

    They are those of the sample, repeated or cut to that length.
    """
    texts = [((prompt.text + " ") * LENGTH)[:LENGTH] for prompt in prompts]
    categories_of(texts[:1])
    start = time.process_time()
    for _ in range(rounds):
        for text in texts:
            categories_of([text])
    return rounds * len(texts) / (time.process_time() - start)


def elsewhere(path: Path) -> Iterator[str]:
    """Yield a table of somebody else's categories against our kinds, by the first message of each question."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    firsts = [(row["category"], categories_of([row["turns"][0] if "turns" in row else row["text"]])) for row in rows]
    yield f"{path.name:40}{'prompts':>14}" + "".join(f"{kind:>14}" for kind in KINDS)
    for name, prompts in Counter(name for name, _ in firsts).items():
        counts = (sum(kind in given for category, given in firsts if category == name) for kind in KINDS)
        yield f"  {name:38}{prompts:14}" + "".join(f"{count:14}" for count in counts)


def _table(title: str, prompts: Sequence[Labelled]) -> Iterator[str]:
    shares = f"{'precision':>11}{'recall':>8}{'F1':>6}"
    yield f"{f'{title}, {len(prompts)} prompts':40}{'labelled':>9}{'given':>7}{'right':>7}{shares}"
    for key, figures in score(prompts).items():
        counts = f"{figures.labelled:9}{figures.given:7}{figures.right:7}"
        yield f"  {key:38}{counts}{figures.precision:11.2f}{figures.recall:8.2f}{figures.f1:6.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--errors", action="store_true", help="what is wrong among the prompts the rules were written with"
    )
    parser.add_argument("files", nargs="*", type=Path, help="questions with a category, one JSON object a line")
    options = parser.parse_args()
    seen = sample(held_out=False)
    print(f"rules {RULES_VERSION}")
    print(*_table("written with", seen), sep="\n")
    if options.errors:
        print(*errors(seen), sep="\n")
    else:
        print(*_table("held out", sample(held_out=True)), sep="\n")
    for path in options.files:
        print(*elsewhere(path), sep="\n")
    print(f"{a_second(seen):,.0f} prompts of {LENGTH} characters a second")


if __name__ == "__main__":
    main()
