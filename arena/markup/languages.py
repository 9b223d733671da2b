"""The language that a text seems to be written in, for voices and hyphens: a wrong guess is worse than none."""

import re
from threading import Event, Lock

import py3langid

#: Shorter text could be anything.
MIN_LETTERS = 20
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_OTHER_THAN_LETTERS = re.compile(r"[\W\d_]+")
_MAX_CHARACTERS = 2000
_LOADING, _LOADED = Lock(), Event()


def language_of(text: str) -> str:
    """Its code, such as "ko", or "" where there is too little to tell."""
    prose = _CODE.sub(" ", text)[:_MAX_CHARACTERS]
    if len(_OTHER_THAN_LETTERS.sub("", prose)) < MIN_LETTERS:
        return ""
    return _classified(prose)


def _classified(prose: str) -> str:
    # The first call loads the model, and so does every other one until it is there: 75 MB for each thread.
    if not _LOADED.is_set():
        with _LOADING:
            py3langid.classify(prose)
            _LOADED.set()
    return str(py3langid.classify(prose)[0])
