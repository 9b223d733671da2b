"""The ways in which models are asked for a verdict, and how their words are read; each is a file in `styles/`.

Reading never guesses: what is not in the form that was asked for is `UNPARSED`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from arena.backends.base import Message
from arena.moderation.categories import OTHER
from arena.moderation.verdict import SAFE, UNPARSED, Passage, Verdict

FOLDER = Path(__file__).parent / "styles"
_SIGNS = " \t.,:;!*\"'`"


@dataclass(frozen=True)
class Style:
    """One way of asking.

    template: the prompt template that writes the task around the conversation; "" where the texts below ask. reads:
    "codes", safe or unsafe and codes below it; "yes or no", whether it violates. codes: our categories by their codes.
    policy, system, prompt, answer: what is asked of a prompt and of an answer, with {policy}, {prompt} and {text}.
    """

    name: str
    reads: Literal["codes", "yes or no"]
    template: str = ""
    policy: str = ""
    system: str = ""
    prompt: str = ""
    answer: str = ""
    answer_as_messages: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)

    def messages(self, passage: Passage, policy: str = "") -> tuple[Message, ...]:
        """Return what the model is asked. policy: in place of the style's own."""
        if self.template:
            return (*([Message("system", policy)] if policy else []), *passage.conversation)
        held = {"policy": policy or self.policy, "text": passage.text, "prompt": _last_prompt(passage)}
        system = [Message("system", _filled(self.system, held))] if self.system else []
        if passage.role == "answer" and self.answer_as_messages:
            return (*system, *passage.conversation)
        return (*system, Message("user", _filled(self.answer if passage.role == "answer" else self.prompt, held)))

    def read(self, said: str) -> Verdict:
        """Return the verdict that these words are."""
        lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
        return _of_yes_or_no(lines) if self.reads == "yes or no" else _of_codes(lines, self.codes)


@cache
def style(name: str) -> Style:
    """Return the style of this name. Raises KeyError."""
    return styles()[name]


@cache
def styles() -> dict[str, Style]:
    """Return all styles by name."""
    files = sorted(FOLDER.glob("*.toml"))
    return {file.stem: Style(file.stem, **tomllib.loads(file.read_text("utf-8"))) for file in files}


def _of_codes(lines: list[str], codes: Mapping[str, str]) -> Verdict:
    if not lines or len(lines) > 2:
        return UNPARSED
    word = lines[0].strip(_SIGNS).casefold()
    if word == "safe" and len(lines) == 1:
        return SAFE
    if word != "unsafe":
        return UNPARSED
    if len(lines) == 1:
        return Verdict("unsafe", (OTHER,))
    named = [code.strip(_SIGNS).upper() for code in lines[1].split(",")]
    if not all(code in codes for code in named):
        return UNPARSED
    return Verdict("unsafe", tuple(dict.fromkeys(codes[code] for code in named)))


def _of_yes_or_no(lines: list[str]) -> Verdict:
    """Return what the first word says, which stands alone, or before a sign and what else the model writes."""
    word = lines[0].split()[0].strip(_SIGNS).casefold() if lines else ""
    if word == "no":
        return SAFE
    return Verdict("unsafe", (OTHER,)) if word == "yes" else UNPARSED


def _last_prompt(passage: Passage) -> str:
    return next((message.content for message in reversed(passage.before) if message.role == "user"), "")


def _filled(text: str, held: Mapping[str, str]) -> str:
    """Return the text with what the braces name. What is put in is not looked at again: it may hold braces itself."""
    for name in held:
        text = text.replace("{" + name + "}", f"\0{name}\0")
    return "".join(held.get(part, part) if number % 2 else part for number, part in enumerate(text.split("\0")))
