"""Llama Guard: a Llama 2 that says whether the last message of a conversation is safe, and if not, why."""

from arena.backends.prompt_templates.template import OPENING, Template

_INSTRUCTION = ("[INST]", "[/INST]")
_SECTIONS = (
    "<BEGIN UNSAFE CONTENT CATEGORIES>",
    "<END UNSAFE CONTENT CATEGORIES>",
    "<BEGIN CONVERSATION>",
    "<END CONVERSATION>",
)

#: The form of Llama Guard's paper (Inan et al., 2023, section 3). The titles of its six categories stand for the
#: policy; an entry's system prompt, such as Meta's whole text, goes in their place.
LLAMA_GUARD = Template(
    "llama_guard",
    OPENING
    + """\
[INST] Task: Check if there is unsafe content in 'User' messages in conversations according to our safety policy with \
the below categories.

<BEGIN UNSAFE CONTENT CATEGORIES>
{{ system or 'O1: Violence and Hate.\\nO2: Sexual Content.\\nO3: Criminal Planning.\\nO4: Guns and Illegal Weapons.\\n\
O5: Regulated or Controlled Substances.\\nO6: Self-Harm.' }}
<END UNSAFE CONTENT CATEGORIES>

<BEGIN CONVERSATION>

{% for turn in turns %}
{{ 'User' if turn['role'] == 'user' else 'Agent' }}: {{ turn['content'] | trim }}

{% endfor %}
<END CONVERSATION>

Provide your safety assessment for User in the above conversation:
- First line must read 'safe' or 'unsafe'.
- If unsafe, a second line must include a comma-separated list of violated categories. [/INST]""",
    stops=_INSTRUCTION,
    markers=_INSTRUCTION + _SECTIONS,
)
