"""A chat template and a conversation make one text: what transformers' apply_chat_template writes, without it.

A template that came with weights is a stranger's program. It runs in a sandbox with nothing of ours in reach; how much
time and memory it may take is for the process to say in which it runs, see `child`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from arena.backends.base import Message, Unavailable

#: What every rendering sets itself; an entry may set all else that its template knows.
TAKEN = frozenset({"messages", "tools", "documents", "add_generation_prompt", "strftime_now"})

_LONGEST_REASON = 300
_PROBE = (Message("user", "probe"),)


@dataclass(frozen=True)
class ChatTemplate:
    """A template ready to render. wants_parts: it reads a message as a list of parts, not as a text."""

    jinja: jinja2.Template
    wants_parts: bool = False


def compiled(jinja: object, *, strict: bool = False) -> ChatTemplate:
    """Return the template, ready to render: a text, or a list of named ones of which "default" is taken.

    strict: a name that the weights do not have is an error, not nothing. Raises Unavailable.
    """
    try:
        template = ChatTemplate(_environment(strict=strict).from_string(default_of(jinja)))
    except jinja2.TemplateError as error:
        raise Unavailable(f"the chat template is no Jinja: {_reason(error)}") from error
    except (ArithmeticError, LookupError, MemoryError, RuntimeError, SyntaxError, TypeError, ValueError) as error:
        raise Unavailable(f"the chat template cannot be compiled: {_reason(error)}") from error
    return template if strict or _shows_probe(template) else _with_parts(template)


def rendered(
    template: ChatTemplate,
    messages: Sequence[Message],
    names: Mapping[str, str],
    *,
    options: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> str:
    """Return the conversation as one text, up to where the answer begins.

    names: special tokens, such as {"bos_token": "<s>"}. options: what the template knows besides, such as
    {"enable_thinking": False}. now: the time that it may tell the model; this moment unless given. Raises Unavailable.
    """
    values = {**names, **(options or {}), "tools": None, "documents": None, "add_generation_prompt": True}
    values["messages"] = [_as_dict(message, template.wants_parts) for message in messages]
    moment = now or datetime.now()
    try:
        return template.jinja.render(values, strftime_now=lambda format: moment.strftime(format))
    except Exception as error:
        raise Unavailable(f"the chat template refuses this conversation: {_reason(error)}") from error


def default_of(jinja: object) -> str:
    """Return the template that counts where weights come with several by name. Raises Unavailable."""
    if isinstance(jinja, str):
        return jinja
    if isinstance(jinja, Sequence):
        jinja = {each.get("name"): each.get("template") for each in jinja if isinstance(each, Mapping)}
    if isinstance(jinja, Mapping) and isinstance(default := jinja.get("default"), str):
        return default
    raise Unavailable("these weights came with several chat templates, and none of them is called 'default'")


def _environment(*, strict: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[_Generation, loopcontrols],
        undefined=jinja2.StrictUndefined if strict else jinja2.Undefined,
    )
    environment.filters["tojson"] = _tojson
    environment.globals.update(raise_exception=_raise, namespace=_Namespace)
    return environment


class _Generation(Extension):
    """The tag `{% generation %}`, with which trainers mark what the model wrote. What it holds is written as it is."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body, lineno=line)


class _Namespace(Namespace):
    """Jinja's namespace without names by which Python would take it for something else, such as __html__."""

    def __init__(*args: Any, **values: Any) -> None:  # `self` may be one of the values
        given = dict(*args[1:], **values)
        for name in given:
            _refuse_private(name)
        Namespace.__init__(args[0], given)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_private(name)
        super().__setitem__(name, value)


def _refuse_private(name: object) -> None:
    if str(name).startswith("_"):
        raise SecurityError(f"a namespace takes no name that begins with an underscore: {name}")


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    # Jinja's own writes for HTML: it escapes "<" and all but ASCII.
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: object) -> NoReturn:
    raise jinja2.TemplateError(str(message))


def _as_dict(message: Message, wants_parts: bool) -> dict[str, Any]:
    content = [{"type": "text", "text": message.content}] if wants_parts else message.content
    return {"role": message.role, "content": content}


def _with_parts(template: ChatTemplate) -> ChatTemplate:
    """Return the template for messages in parts, if only so it shows what a user says."""
    with_parts = ChatTemplate(template.jinja, wants_parts=True)
    return with_parts if _shows_probe(with_parts) else template


def _shows_probe(template: ChatTemplate) -> bool:
    try:
        return _PROBE[0].content in rendered(template, _PROBE, {})
    except Unavailable:
        return False


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it calls itself without an end"
    if isinstance(error, MemoryError):
        return "it takes more memory than a prompt may take"
    reason = str(error) or type(error).__name__
    return reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]} …"
