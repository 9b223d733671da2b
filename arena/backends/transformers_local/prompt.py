"""The way from a conversation to the token ids that the model reads: the same for counting and for writing."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from tokenizers import Tokenizer

from arena.backends.base import Message, Request, Unavailable
from arena.backends.prompt_templates import MARKERS, TEMPLATES, TOKENIZER, Template, compiled, named, rendered
from arena.backends.prompt_templates.harmless import JOINER, any_of, harmless

#: More tokens than any template writes around one message.
TOKENS_AROUND_A_MESSAGE = 32
_USUAL_NAMES = {"bos_token": "<s>", "eos_token": "</s>"}


def longest_possible(request: Request) -> int:
    """Return at least as many tokens as the conversation can have in any vocabulary: one a byte. Raises Unavailable."""
    template, messages = named(request.prompt_template), _with_system(request.messages)
    text = "".join(message.content for message in messages)
    # Special tokens, whatever the weights call them, begin with one of these; each may get a joiner.
    splits = (text.count("<") + text.count("[")) * len(JOINER.encode())
    if template is TOKENIZER:
        text = "".join(message.content for message in harmless(messages, any_of(MARKERS)))
    else:
        spoken = harmless(request.messages, any_of(template.markers))
        text = rendered(compiled(template.jinja, strict=True), spoken, _USUAL_NAMES)
    return len(text.encode()) + splits + TOKENS_AROUND_A_MESSAGE * len(messages)


@dataclass(frozen=True)
class PromptFormat:
    """The way in which one set of weights wants its conversations written.

    own: the source of the template that came with the weights, if one did.
    names: special tokens by the names that templates use, such as {"bos_token": "<s>"}.
    opening: the tokens that begin every text of these weights, BOS or none.
    """

    tokenizer: Tokenizer
    own: str | None
    names: dict[str, str]
    opening: tuple[int, ...]

    @classmethod
    def read(cls, folder: Path) -> "PromptFormat":
        """Return the format of the weights in this folder. Raises Unavailable."""
        try:
            return cls._read(folder)
        except Exception as error:
            raise Unavailable(f"the tokenizer in {folder} cannot be read: {error}") from error

    @classmethod
    def _read(cls, folder: Path) -> "PromptFormat":
        settings_file = folder / "tokenizer_config.json"
        settings = json.loads(settings_file.read_text()) if settings_file.exists() else {}
        template_file = folder / "chat_template.jinja"
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return cls(
            tokenizer=tokenizer,
            own=template_file.read_text() if template_file.exists() else settings.get("chat_template"),
            names=(names := _token_names(settings)),
            opening=_opening(tokenizer, settings.get("add_bos_token"), names.get("bos_token")),
        )

    def token_ids(self, request: Request) -> list[int]:
        """Return the conversation up to the place where the answer begins. Raises Unavailable."""
        template = named(request.prompt_template)
        ids: list[int] = self.tokenizer.encode(self._text(template, request.messages), add_special_tokens=False).ids
        # The weights' own template writes every special token itself; adding any here would double them.
        return ids if template is TOKENIZER else [*self.opening, *ids]

    def ends(self, template: str) -> frozenset[int]:
        """Return the tokens that end an answer in this template, besides those that the weights name themselves."""
        ends = {self.names.get("eos_token"), *named(template).stops}
        return frozenset(id for id, token in self._added.items() if token.content in ends)

    def _text(self, template: Template, messages: tuple[Message, ...]) -> str:
        spoken = harmless(messages, self._marks[template.name])
        jinja = self._compiled[template.name]
        if template is not TOKENIZER:
            return rendered(jinja, spoken, self.names)
        try:
            return rendered(jinja, _with_system(spoken), self.names)
        except Unavailable:
            if spoken[0].role == "system":
                raise
            # A template that accepts no system message, such as Mistral's, has none of its own either.
            return rendered(jinja, spoken, self.names)

    @cached_property
    def _compiled(self) -> "_Compiled":
        return _Compiled(self.own)

    @cached_property
    def _added(self) -> dict[int, Any]:
        added: dict[int, Any] = self.tokenizer.get_added_tokens_decoder()
        return added

    @cached_property
    def _marks(self) -> dict[str, re.Pattern[str]]:
        """The marks that let someone speak, in each template: special tokens, and its own markers."""
        special = {token.content for token in self._added.values() if token.special} | set(self.names.values())
        known = MARKERS | {token.content for token in self._added.values() if _looks_like_a_mark(token.content)}
        markers = {name: set(template.markers) for name, template in TEMPLATES.items()}
        markers[TOKENIZER.name] = {marker for marker in known if marker in (self.own or "")}
        return {name: any_of(special | markers[name]) for name in TEMPLATES}


class _Compiled(dict[str, jinja2.Template]):
    """The templates by name, each compiled when first asked for."""

    def __init__(self, own: str | None) -> None:
        super().__init__()
        self._own = own

    def __missing__(self, name: str) -> jinja2.Template:
        if name != TOKENIZER.name:
            return self.setdefault(name, compiled(TEMPLATES[name].jinja, strict=True))
        if not self._own:
            raise Unavailable("these weights came without a chat template")
        return self.setdefault(name, compiled(self._own))


def refuse_unusable_template(name: str, system_prompt: str, folder: Path) -> None:
    """Write a sample conversation with the template and the weights in this folder. Raises Unavailable."""
    system = (Message("system", system_prompt),) if system_prompt else ()
    sample = (Message("user", "Hello!"), Message("assistant", "안녕하세요 🙂"), Message("user", "What is 1 < 2?"))
    prompt_format = PromptFormat.read(folder)
    if not prompt_format.tokenizer.encode(prompt_format._text(named(name), (*system, *sample))).ids:
        raise Unavailable(f"the prompt template {name!r} writes nothing")


def _with_system(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    # Without a system message, templates such as SmolLM2's add their own, which tells the model its name.
    if messages and messages[0].role == "system":
        return messages
    return (Message("system", ""), *messages)


def _looks_like_a_mark(token: str) -> bool:
    return len(token) > 2 and not token.isalnum() and not token.isspace()


def _opening(tokenizer: Tokenizer, adds_bos: bool | None, bos: str | None) -> tuple[int, ...]:
    """Return the tokens before a text by transformers' rule.

    What tokenizer_config.json says of BOS goes before what tokenizer.json does by itself.
    """
    if adds_bos is not None:
        id = tokenizer.token_to_id(bos) if adds_bos and bos else None
        return () if id is None else (id,)
    encoded = tokenizer.encode("a")
    first = next((i for i, added in enumerate(encoded.special_tokens_mask) if not added), 0)
    return tuple(encoded.ids[:first])


def _token_names(settings: dict[str, Any]) -> dict[str, str]:
    tokens = {name: settings.get(name) for name in ("bos_token", "eos_token", "unk_token", "pad_token")}
    return {name: token["content"] if isinstance(token, dict) else token for name, token in tokens.items() if token}
