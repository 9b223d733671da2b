"""The prompt templates by name. Any other name is refused: a guess would make a model look worse than it is."""

from arena.backends.base import Unavailable
from arena.backends.prompt_templates.alpaca import ALPACA, ALPACA_LORA
from arena.backends.prompt_templates.llama import LLAMA2, MISTRAL
from arena.backends.prompt_templates.llama_guard import LLAMA_GUARD, LLAMA_GUARD_2, LLAMA_GUARD_3
from arena.backends.prompt_templates.plain import BASE, CHATML, SHAREGPT
from arena.backends.prompt_templates.rendering import compiled, rendered
from arena.backends.prompt_templates.template import Template
from arena.backends.prompt_templates.vicuna import VICUNA_V0, VICUNA_V1_1

#: The template that came with the weights.
TOKENIZER = Template("tokenizer", "")

_GUARDS = (LLAMA_GUARD, LLAMA_GUARD_2, LLAMA_GUARD_3)
_ALL = (TOKENIZER, LLAMA2, MISTRAL, ALPACA, ALPACA_LORA, VICUNA_V1_1, VICUNA_V0, CHATML, SHAREGPT, BASE, *_GUARDS)
TEMPLATES = {template.name: template for template in _ALL}
#: The markers of all templates: the weights' own template may be one of these under another name.
MARKERS = frozenset(marker for template in _ALL for marker in template.markers)


def named(name: str) -> Template:
    """Return the template of that name. Raises Unavailable for a name that is not known."""
    if name not in TEMPLATES:
        raise Unavailable(f"unknown prompt template {name!r}; known: {', '.join(TEMPLATES)}")
    return TEMPLATES[name]


__all__ = ["MARKERS", "TEMPLATES", "TOKENIZER", "Template", "compiled", "named", "rendered"]
