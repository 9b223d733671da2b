"""Llama 2 chat, Code Llama Instruct and the first Mistral Instruct: user text between [INST] and [/INST]."""

from arena.backends.prompt_templates.template import OPENING, Template

_INSTRUCTION = ("[INST]", "[/INST]")
_SYSTEM = ("<<SYS>>", "<</SYS>>")

#: The form of chat_completion in Meta's llama repository, which strips each message. Code Llama Instruct was tuned on
#: the same.
LLAMA2 = Template(
    "llama2",
    OPENING
    + """\
{% for turn in turns %}
{% if turn['role'] == 'user' %}
{{- '' if loop.first else bos_token -}}
[INST] {{ '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' if loop.first and system else '' }}
{{- turn['content'] | trim }} [/INST]
{%- else %} {{ turn['content'] | trim }} {{ eos_token }}
{%- endif %}
{% endfor %}""",
    stops=_INSTRUCTION,
    markers=_INSTRUCTION + _SYSTEM,
)

#: Mistral-7B-Instruct 0.1 and 0.2. It knows no system prompt: the first message takes it in, as in mistral-common.
MISTRAL = Template(
    "mistral",
    OPENING
    + """\
{% for turn in turns %}
{% if turn['role'] == 'user' -%}
[INST] {{ system + '\\n\\n' if loop.first and system else '' }}{{ turn['content'] }} [/INST]
{%- else %} {{ turn['content'] | trim }}{{ eos_token }}
{%- endif %}
{% endfor %}""",
    stops=_INSTRUCTION,
    markers=_INSTRUCTION,
)
