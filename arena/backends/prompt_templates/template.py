"""The prompt template and the way its Jinja is run: in a sandbox, with nothing of ours in reach."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from arena.backends.base import Message, Unavailable

#: The beginning of every named template: `system` (often empty) and `turns`, which a user begins and ends.
OPENING = """\
{% if messages[0]['role'] == 'system' %}
{% set system, turns = messages[0]['content'] | trim, messages[1:] %}
{% else %}
{% set system, turns = '', messages %}
{% endif %}
{% for turn in turns %}
{% if turn['role'] != ('assistant' if loop.index0 % 2 else 'user') %}
{{ raise_exception('user and assistant must take turns') }}
{% endif %}
{% endfor %}
{% if turns | length % 2 == 0 %}{{ raise_exception('the last message must be of the user') }}{% endif %}
"""


@dataclass(frozen=True)
class Template:
    """The way in which one family of models wants its conversations written.

    jinja: in the form of chat templates, so transformers' apply_chat_template takes it too; empty: the weights' own.
    It never writes the token that begins a text (BOS) at the very front: whether there is one, the tokenizer knows.
    stops: where an answer has run on into the next turn; the text ends before them.
    markers: plain text that gives the word to someone, so no message may hold it as it is.
    """

    name: str
    jinja: str
    stops: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()


def compiled(jinja: str, *, strict: bool = False) -> jinja2.Template:
    """Return the template, ready to render. strict: a name that the weights do not have is an error, not nothing.

    Raises Unavailable.
    """
    undefined = jinja2.StrictUndefined if strict else jinja2.Undefined
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols], undefined=undefined
    )
    environment.globals["raise_exception"] = _raise
    try:
        return environment.from_string(jinja)
    except jinja2.TemplateError as error:
        raise Unavailable(f"the chat template is no Jinja: {error}") from error


def rendered(template: jinja2.Template, messages: tuple[Message, ...], names: Mapping[str, str]) -> str:
    """Return the conversation as one text. names: special tokens, such as {"bos_token": "<s>"}. Raises Unavailable."""
    conversation: list[dict[str, Any]] = [{"role": m.role, "content": m.content} for m in messages]
    try:
        return template.render(messages=conversation, add_generation_prompt=True, tools=None, documents=None, **names)
    except (jinja2.TemplateError, TypeError, ArithmeticError, LookupError, ValueError) as error:
        raise Unavailable(f"the chat template refuses this conversation: {error}") from error


def _raise(message: str) -> NoReturn:
    raise jinja2.TemplateError(message)
