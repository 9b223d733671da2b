"""From a conversation to the token ids that the model reads. The one way, for counting and for writing."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from jinja2 import Template, TemplateError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from arena.backends.base import Message, Request, Unavailable

#: The names that an entry's prompt_template may have here. "tokenizer": the template that came with the weights.
TEMPLATES = ("tokenizer",)

#: More tokens than any template writes around one message.
TOKENS_AROUND_A_MESSAGE = 32


def longest_possible(request: Request) -> int:
    """At least as many tokens as the conversation can have in any vocabulary: one a byte."""
    return sum(len(message.content.encode()) + TOKENS_AROUND_A_MESSAGE for message in _with_system(request.messages))


@dataclass(frozen=True)
class PromptFormat:
    """How one set of weights wants its conversations written.

    names: special tokens by the names that templates use, such as {"bos_token": "<s>"}.
    """

    tokenizer: Tokenizer
    template: Template | None
    names: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> "PromptFormat":
        """The format of the weights in this folder. Raises Unavailable."""
        try:
            return cls._read(folder)
        except Exception as error:
            raise Unavailable(f"the tokenizer in {folder} cannot be read: {error}") from error

    @classmethod
    def _read(cls, folder: Path) -> "PromptFormat":
        settings_file = folder / "tokenizer_config.json"
        settings = json.loads(settings_file.read_text()) if settings_file.exists() else {}
        template_file = folder / "chat_template.jinja"
        source = template_file.read_text() if template_file.exists() else settings.get("chat_template")
        return cls(
            tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
            template=_compile(source) if source else None,
            names=_token_names(settings),
        )

    def token_ids(self, request: Request) -> list[int]:
        """The conversation up to the place where the answer begins. Raises Unavailable."""
        # The template writes every special token itself; adding any here would double them.
        ids: list[int] = self.tokenizer.encode(self._text(request), add_special_tokens=False).ids
        return ids

    def _text(self, request: Request) -> str:
        if request.prompt_template not in TEMPLATES:
            raise Unavailable(f"unknown prompt template {request.prompt_template!r}; known: {', '.join(TEMPLATES)}")
        if self.template is None:
            raise Unavailable("these weights came without a chat template")
        messages = [{"role": m.role, "content": self._harmless(m.content)} for m in _with_system(request.messages)]
        try:
            return self.template.render(
                messages=messages, add_generation_prompt=True, tools=None, documents=None, **self.names
            )
        except (TemplateError, TypeError) as error:
            raise Unavailable(f"the chat template refuses this conversation: {error}") from error

    def _harmless(self, content: str) -> str:
        """Without special tokens, which would let a visitor speak in another role."""
        before = None
        while content != before:  # taking one away may join the halves of another
            before, content = content, self._special.sub("", content)
        return content

    @cached_property
    def _special(self) -> re.Pattern[str]:
        added = self.tokenizer.get_added_tokens_decoder().values()
        tokens = {token.content for token in added if token.special} | set(self.names.values())
        longest_first = sorted(tokens, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _with_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    # Without one, templates such as SmolLM2's put in their own, which tells the model its name.
    if messages and messages[0].role == "system":
        return messages
    return (Message("system", ""), *messages)


def _compile(source: str) -> Template:
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.globals["raise_exception"] = _raise
    return environment.from_string(source)


def _raise(message: str) -> NoReturn:
    raise TemplateError(message)


def _token_names(settings: dict[str, Any]) -> dict[str, str]:
    found = {name: settings.get(name) for name in ("bos_token", "eos_token", "unk_token", "pad_token")}
    return {name: token["content"] if isinstance(token, dict) else token for name, token in found.items() if token}
