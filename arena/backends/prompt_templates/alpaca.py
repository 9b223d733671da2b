"""Alpaca: one instruction, perhaps with an input, and one response.

Where an entry has a system prompt, that is the instruction ("Translate into Korean.") and what the visitor writes is
its input. These models never saw a second turn; a further block below the first is the nearest to what they know.
"""

from arena.backends.prompt_templates.template import OPENING, Template

_MARKS = ("### Instruction:", "### Input:", "### Response:")

_BLOCKS = (
    OPENING
    + """\
Below is an instruction that describes a task
{{- ', paired with an input that provides further context' if system else '' }}. \
Write a response that appropriately completes the request.
{% for turn in turns %}
{% if turn['role'] == 'user' %}

### Instruction:
{{ system or turn['content'] }}
{% if system %}

### Input:
{{ turn['content'] }}
{% endif %}

### Response:AFTER_RESPONSE
{%- else %}{{ turn['content'] | trim }}
{% endif %}
{% endfor %}"""
)

#: Stanford's train.py, PROMPT_DICT: the response follows the colon at once.
ALPACA = Template("alpaca", _BLOCKS.replace("AFTER_RESPONSE", ""), stops=_MARKS, markers=_MARKS)

#: alpaca-lora's templates/alpaca.json: the response begins on a line of its own.
ALPACA_LORA = Template("alpaca_lora", _BLOCKS.replace("AFTER_RESPONSE", "{{ '\\n' }}"), stops=_MARKS, markers=_MARKS)
