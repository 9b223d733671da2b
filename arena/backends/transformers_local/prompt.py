"""The way from a conversation to the token ids that the model reads: the same for counting and for writing."""

import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from tokenizers import Tokenizer

from arena.backends.base import Message, Request, Unavailable
from arena.backends.prompt_templates import MARKERS, TEMPLATES, TOKENIZER, Template, compiled, named, rendered
from arena.backends.prompt_templates.child import RENDERING, OverLimit
from arena.backends.prompt_templates.harmless import JOINER, any_of, harmless
from arena.backends.prompt_templates.rendering import ChatTemplate
from arena.backends.transformers_local.own_name import tells_name
from arena.backends.transformers_local.template_options import template_options
from arena.backends.transformers_local.tokenizer_files import called, opening_of, own_template, read_json, token_names

#: More tokens than any template writes around one message.
TOKENS_AROUND_A_MESSAGE = 32
#: What templates write of themselves: a day, who is asked. Some write more, in the room that one a byte leaves.
TOKENS_OF_A_TEMPLATE = 128
_USUAL_NAMES = {"bos_token": "<s>", "eos_token": "</s>"}
_SAMPLE = (Message("user", "Hello!"), Message("assistant", "안녕하세요 🙂"), Message("user", "What is 1 < 2?"))
#: What may stand in for a system message that an entry does not have, the first that names nobody: none, so that the
#: template writes what the model was trained with; an empty one; and for templates that take that for none, this one.
_STAND_INS = ((), (Message("system", ""),), (Message("system", "You are a helpful assistant."),))
_OPENS_THOUGHTS = re.compile(
    r"(?:(?:<(?:think|thinking|thoughts?|reasoning|seed:think)>|\[THINK\]|◁think▷|<\|channel>thought"
    r"|<\|(?:START_THINKING|begin_of_thought)\|>|<\|channel\|>analysis<\|message\|>)\s*)+\Z"
)

T = TypeVar("T")
logger = logging.getLogger(__name__)


def longest_possible(request: Request) -> int:
    """Return at least as many tokens as the conversation can have in any vocabulary: one a byte. Raises Unavailable."""
    template, messages = named(request.prompt_template), request.messages
    text = "".join(message.content for message in messages)
    # Special tokens, whatever the weights call them, begin with one of these; each may get a joiner.
    besides = (text.count("<") + text.count("[")) * len(JOINER.encode())
    if template is TOKENIZER:
        text = "".join(message.content for message in harmless(messages, any_of(MARKERS)))
        besides += TOKENS_OF_A_TEMPLATE
    else:
        spoken = harmless(messages, any_of(template.markers))
        text = rendered(compiled(template.jinja, strict=True), spoken, _USUAL_NAMES)
    return len(text.encode()) + besides + TOKENS_AROUND_A_MESSAGE * len(messages)


@dataclass(frozen=True)
class PromptFormat:
    """The way in which one set of weights wants its conversations written.

    own: the source of the template that came with the weights, if one did.
    names: special tokens by the names that templates use, such as {"bos_token": "<s>"}.
    opening: the tokens that begin every text of these weights, BOS or none.
    called: what files and folder call the model.
    """

    tokenizer: Tokenizer
    own: str | None
    names: dict[str, str]
    opening: tuple[int, ...]
    called: frozenset[str] = frozenset()

    @classmethod
    def read(cls, folder: Path) -> "PromptFormat":
        """Return the format of the weights in this folder. Raises Unavailable."""
        try:
            return cls._read(folder)
        except Unavailable:
            raise
        except Exception as error:
            raise Unavailable(f"the tokenizer in {folder} cannot be read: {error}") from error

    @classmethod
    def _read(cls, folder: Path) -> "PromptFormat":
        settings = read_json(folder / "tokenizer_config.json")
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return cls(
            tokenizer=tokenizer,
            own=own_template(folder, settings),
            names=(names := token_names(settings)),
            opening=opening_of(tokenizer, settings.get("add_bos_token"), names.get("bos_token")),
            called=called(folder),
        )

    def token_ids(self, request: Request) -> list[int]:
        """Return the conversation up to the place where the answer begins. Raises Unavailable."""
        ids: list[int] = self.tokenizer.encode(self.text(request), add_special_tokens=False).ids
        if not ids:
            raise Unavailable(f"the prompt template {request.prompt_template!r} writes nothing")
        # The weights' own template writes every special token itself; adding any here would double them.
        return ids if named(request.prompt_template) is TOKENIZER else [*self.opening, *ids]

    def text(self, request: Request) -> str:
        """Return the conversation as its template writes it. Raises Unavailable."""
        return self._text(named(request.prompt_template), request.messages, request.options, day=request.day)

    def opens_thoughts(self, request: Request) -> bool:
        """Tell whether the text ends where the model's thoughts begin: of the two marks it writes only the second.

        Raises Unavailable.
        """
        *before, last = request.messages
        # Some templates end with what the visitor wrote: that opens nothing.
        typed = replace(last, content=_OPENS_THOUGHTS.sub("", last.content))
        return bool(_OPENS_THOUGHTS.search(self.text(replace(request, messages=(*before, typed)))))

    def ends(self, template: str) -> frozenset[int]:
        """Return the tokens that end an answer in this template, besides those that the weights name themselves."""
        ends = {self.names.get("eos_token"), *named(template).stops}
        return frozenset(id for id, token in self._added.items() if token.content in ends)

    def _text(
        self,
        template: Template,
        messages: tuple[Message, ...],
        options: Mapping[str, Any] = MappingProxyType({}),
        *,
        day: date | None = None,
    ) -> str:
        spoken = harmless(messages, self._marks[template.name])
        given = template_options(template.name, options)
        if template is not TOKENIZER:
            return rendered(self._compiled[template.name], spoken, self.names)
        if not self.own:
            raise Unavailable("these weights came without a chat template")
        if not spoken or spoken[0].role != "system":
            spoken = (*self._stand_ins[json.dumps(given, sort_keys=True)], *spoken)
        return self._own_text(spoken, given, day)

    def _own_text(self, messages: tuple[Message, ...], options: Mapping[str, Any], day: date | None = None) -> str:
        now = datetime.now()
        now = now if day is None else datetime.combine(day, now.time())
        return RENDERING.rendered(self.own or "", messages, self.names, options=options, now=now)

    def _stand_in(self, options: dict[str, Any]) -> tuple[Message, ...]:
        """Return what comes before a conversation without a system message; see _STAND_INS. Raises OverLimit."""
        tells = False
        for stand_in in _STAND_INS:
            try:
                text = self._own_text((*stand_in, *_SAMPLE[:1]), options)
            except OverLimit:
                raise
            except Unavailable:
                continue  # a template may accept no system message, as the first Mistral's does, or want one
            if not (tells := tells_name(text, self.called)):
                return stand_in
        if tells:
            logger.warning("the chat template of %s names its model, whatever the system message", sorted(self.called))
        return ()

    @cached_property
    def _stand_ins(self) -> "_Each[tuple[Message, ...]]":
        return _Each(lambda options: self._stand_in(json.loads(options)))

    @cached_property
    def _compiled(self) -> "_Each[ChatTemplate]":
        return _Each(lambda name: compiled(TEMPLATES[name].jinja, strict=True))

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


class _Each(dict[str, T], Generic[T]):
    """Values by name, each made when first asked for."""

    def __init__(self, make: Callable[[str], T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> T:
        return self.setdefault(name, self._make(name))


def refuse_unusable_template(
    name: str, system_prompt: str, folder: Path, *, options: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Write a sample conversation with the template and the weights in this folder. Raises Unavailable."""
    system = (Message("system", system_prompt),) if system_prompt else ()
    text = PromptFormat.read(folder)._text(named(name), (*system, *_SAMPLE), options)
    if _SAMPLE[-1].content not in text:
        raise Unavailable(f"the prompt template {name!r} does not write what a user says")


def _looks_like_a_mark(token: str) -> bool:
    return len(token) > 2 and not token.isalnum() and not token.isspace()
