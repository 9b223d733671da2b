"""Vicuna, as FastChat's docs/vicuna_weights_version.md and training write it. A system prompt replaces the preface."""

from arena.backends.prompt_templates.template import OPENING, Template

#: Vicuna 1.1, 1.3 and 1.5.
VICUNA_V1_1 = Template(
    "vicuna_v1.1",
    OPENING
    + """\
{{ system or "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, \
detailed, and polite answers to the user's questions." }}{{ ' ' }}
{%- for turn in turns %}
{% if turn['role'] == 'user' -%}
USER: {{ turn['content'] }} ASSISTANT:
{%- else %} {{ turn['content'] | trim }}{{ eos_token }}
{%- endif %}
{% endfor %}""",
    stops=(" USER:", "\nUSER:", " ASSISTANT:", "\nASSISTANT:"),
    markers=("USER:", "ASSISTANT:"),
)

#: The first Vicuna had no token for the end of a turn: only a new heading ends it.
VICUNA_V0 = Template(
    "vicuna_v0",
    OPENING
    + """\
{{ system or "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, \
detailed, and polite answers to the human's questions." }}

{% for turn in turns %}
{% if turn['role'] == 'user' %}
### Human: {{ turn['content'] }}
### Assistant:
{%- else %} {{ turn['content'] | trim }}
{% endif %}
{% endfor %}""",
    stops=("### Human:", "### Assistant:"),
    markers=("### Human:", "### Assistant:"),
)
