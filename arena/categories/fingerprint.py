"""What prompts share that are the same one in another spelling."""

import re
import unicodedata

_NO_LETTERS = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """Return what two prompts have in common that differ in case, spaces, signs or forms of characters only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NO_LETTERS.sub("", folded) or folded.strip()
