"""Templates of no one family: ChatML, and plain text with the speakers' names."""

from arena.backends.prompt_templates.template import OPENING, Template

CHATML = Template(
    "chatml",
    OPENING
    + """\
{% if system %}
<|im_start|>system
{{ system }}<|im_end|>
{% endif %}
{% for turn in turns %}
<|im_start|>{{ turn['role'] }}
{{ turn['content'] if turn['role'] == 'user' else turn['content'] | trim }}<|im_end|>
{% endfor %}
<|im_start|>assistant{{ '\\n' }}""",
    stops=("<|im_end|>", "<|im_start|>"),
    markers=("<|im_end|>", "<|im_start|>"),
)


def _spoken(name: str, *, user: str, assistant: str, gap: str, stops: tuple[str, ...]) -> Template:
    jinja = f"""\
{{{{ system + '{gap}' if system else '' }}}}
{{%- for turn in turns %}}
{{% if turn['role'] == 'user' -%}}
{user}: {{{{ turn['content'] }}}}{{{{ '{gap}' }}}}{assistant}:
{{%- else %}} {{{{ turn['content'] | trim }}}}{{{{ '{gap}' }}}}
{{%- endif %}}
{{% endfor %}}"""
    return Template(name, OPENING + jinja, stops, markers=(f"{user}:", f"{assistant}:"))


#: Conversations that people shared, written out: the two speakers, a blank line between them.
SHAREGPT = _spoken("sharegpt", user="Human", assistant="Assistant", gap="\\n\\n", stops=("\nHuman:", "\nAssistant:"))

#: For weights that were not trained to converse. They run on into the user's part, in various spellings.
BASE = _spoken(
    "base",
    user="User",
    assistant="Assistant",
    gap="\\n",
    stops=("\nUser:", "\nUSER:", " USER:", "\nAssistant:", "\nASSISTANT:"),
)
