"""The prompt template, and how every one of ours begins."""

from dataclasses import dataclass

#: `system` (often empty) and `turns`, which a user begins.
TAKING_TURNS = """\
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
"""
#: The beginning of a template that answers: the last turn is a user's too. What a user wrote goes in as it is, unless
#: the model was trained on messages without the space around them.
OPENING = (
    TAKING_TURNS
    + """\
{% if turns | length % 2 == 0 %}{{ raise_exception('the last message must be of the user') }}{% endif %}
"""
)


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
