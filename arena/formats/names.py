"""What may be the name of a model, an id or a judge in any format."""

import re

from arena.formats.refusals import Unusable

MAX_NAME = 100

_UNREADABLE = re.compile("[\x00-\x1f\x7f\ufffd\ud800-\udfff]")


def named(text: str, what: str) -> str:
    """The text, where it can be a name. what: the field it stands in. Raises Unusable."""
    if not text:
        raise Unusable(f"{what!r} is missing")
    if len(text) > MAX_NAME or _UNREADABLE.search(text):
        raise Unusable(f"{what!r} is longer than {MAX_NAME} characters, or holds some that cannot be read")
    return text
