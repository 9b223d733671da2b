"""Find answers that say who wrote them: then their battle was not blind, and a vote on it says little."""

import re
from collections.abc import Iterable

from arena.models import LanguageModel

#: Of a name the part before its version counts, as models say it: "SmolLM" of "SmolLM2 135M, brief".
_VERSION = re.compile(r"[\d,(].*")
#: Who introduces itself does so early; a vote waits for no longer text.
_READ = 20_000
#: Shorter names are parts of words, and "an AI model" is nobody's.
_MIN_LETTERS = 3
#: A name alone may be the subject of the prompt; with these words before it, it is the writer's.
_SAYS = (
    r"(?:\b(?:I am|I'm|I’m|my name is|call me|you can call me|known as|(?:made|built|created|trained|developed) by|"
    r"ich bin|mein name ist|je suis|je m'appelle|soy|me llamo)\b|저는|나는|제 이름은|내 이름은|我是|我叫|私は)"
)
#: Within the same sentence, and not far.
_BETWEEN = r"[^.!?\n]{0,60}?(?<![^\W\d_])"
#: Korean particles follow a name without a space: 에서, 이 and 가 for instance.
_AFTER = r"(?![a-z])"
#: In Korean and Japanese the maker stands before its verb.
_MADE = r"(?:에서|에 의해|이|가|が|によって)? ?(?:만든|만들어|개발|훈련|学習|開発|作)"


def reveals_author(texts: Iterable[str], entries: Iterable[LanguageModel]) -> bool:
    """Tell whether one of the texts introduces itself by the name, or the organisation, of one of the entries."""
    if not (names := {name for entry in entries for name in _names(entry)}):
        return False
    pattern = _pattern(names)
    return any(pattern.search(text[:_READ]) for text in texts)


def _names(entry: LanguageModel) -> Iterable[str]:
    for name in (entry.display_name, entry.organisation):
        short = _VERSION.sub("", name).strip(" -_")
        if sum(map(str.isalpha, short)) >= _MIN_LETTERS:
            yield short


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    named = f"(?:{'|'.join(map(re.escape, sorted(names)))}){_AFTER}"
    return re.compile(rf"{_SAYS}{_BETWEEN}{named}|(?<![^\W\d_]){named}{_MADE}", re.IGNORECASE)
