"""Does a prompt tell the model who it is? Then its answers would tell the visitor, before the vote."""

import re
from collections.abc import Iterable

#: In what makers write of their models, a name is a word with a capital: "named SmolLM, trained by Hugging Face".
_SAYS = re.compile(
    r"\b(?:[Yy]ou are|[Yy]ou're|[Yy]our name is|named|called|known as"
    r"|(?:made|built|created|designed|developed|trained) by) (?:the )?(?!AI\b)[\w.]*[A-Z]"
    r"|(?:你是|你叫|名为|名叫|당신은|이름은|あなたは) ?[\w.]*[A-Z]"
    r"|由[^。，,.\n]{1,20}?(?:开发|研发|训练|创造|打造)"
    r"|\w(?:에서|에 의해|이|가|が|によって) ?(?:만든|만들어|개발|훈련|開発|学習)"
)
#: Of a template, such as "<|im_start|>": what stands in them is read by nobody.
_MARKS = re.compile(r"<[^<>\s]{1,40}>")
#: Shorter words are parts of others, and these are in the names of models and in the prompts of all.
_NAMES_NOBODY = {"assistant", "base", "chat", "code", "instruct", "language", "model", "text", "user"}
_MIN_LETTERS = 3


def tells_name(prompt: str, names: Iterable[str]) -> bool:
    """Tell whether the prompt names the model or its maker. names: what its files call it, such as "smollm2-135m"."""
    prompt = _MARKS.sub(" ", prompt)
    if _SAYS.search(prompt):
        return True
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name.casefold())}
    return any(_has(prompt, word) for word in words - _NAMES_NOBODY if len(word) >= _MIN_LETTERS)


def _has(prompt: str, word: str) -> bool:
    return bool(re.search(rf"(?<![^\W_]){re.escape(word)}(?![a-z])", prompt, re.IGNORECASE))
