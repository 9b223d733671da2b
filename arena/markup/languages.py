"""The language that a text seems to be written in, for voices and hyphens: a wrong guess is worse than none."""

import re
from threading import Event, Lock

import py3langid

#: A shorter text could be in any language.
MIN_LETTERS = 20
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_OTHER_THAN_LETTERS = re.compile(r"[\W\d_]+")
_MAX_CHARACTERS = 2000
_LOADING, _LOADED = Lock(), Event()


def language_of(text: str) -> str:
    """Return the code of the language, such as "ko", or "" where there is too little to tell."""
    prose = _CODE.sub(" ", text)[:_MAX_CHARACTERS]
    if len(_OTHER_THAN_LETTERS.sub("", prose)) < MIN_LETTERS:
        return ""
    return _classified(prose)


def _classified(prose: str) -> str:
    # Each call before the model is loaded would load it again, at 75 MB for each thread.
    if not _LOADED.is_set():
        with _LOADING:
            py3langid.classify(prose)
            _LOADED.set()
    return str(py3langid.classify(prose)[0])
