"""Program text with its words coloured by class; the colours are in the style sheet."""

import re
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

#: Longer text stays plain: colouring takes a time that grows with it.
MOST_CHARACTERS = 50_000
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,30}")
_formatter = HtmlFormatter(nowrap=True, classprefix="hl-")


def highlighted(code: str, info: str) -> str:
    """HTML of a block of code. info: what stands behind the opening fence; a language that nobody knows is no guess."""
    name = _LANGUAGE.match(info.strip())
    lexer = _lexer(name[0]) if name and len(code) <= MOST_CHARACTERS else None
    body = highlight(code, lexer, _formatter) if lexer else escape(code)
    caption = f"<figcaption>{escape(name[0])}</figcaption>" if name else ""
    return f'<figure class="code" dir="ltr">{caption}<pre><code>{body}</code></pre></figure>\n'


def _lexer(name: str) -> Lexer | None:
    try:
        # As it was written: Pygments would take off empty lines at both ends.
        return get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return None
