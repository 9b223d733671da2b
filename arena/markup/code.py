"""Program text with its words coloured by class; the colours are in the style sheet."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from time import thread_time
from typing import Any

from pygments import format as formatted
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

#: Longer text stays plain, and so does text with very long lines or gaps: on these some expressions of Pygments take
#: quadratic time, and nothing can interrupt one.
MAX_CHARACTERS = 20_000
_ODD = re.compile(r"[^\n]{1000}|\s{100}")
#: Ordinary code takes a fifth of this time. A lexer that takes longer is stopped between two words.
MIN_SECONDS, SECONDS_A_CHARACTER = 0.05, 10e-6
#: The lexers that were checked, by Pygments' names: in some others one expression can keep the whole process busy.
#: Lexers that hand parts of their text to lexers of any name are left out too.
_LOOKED_AT = (
    "awk bash batch c clojure cmake coffeescript common-lisp console cpp cr csharp css cython dart delphi diff "
    "django docker elixir erlang fortran fsharp gas go graphql groovy haskell html ini java javascript json jsx "
    "julia kotlin less lua make markdown matlab mysql nasm nginx nimrod nixos numpy objective-c ocaml perl php "
    "postgresql powershell prolog properties protobuf pycon python racket ruby rust sass scala scheme scss "
    "solidity splus sql swift systemverilog tcl terraform tex toml tsx typescript vb.net verilog vhdl vim vue xml "
    "yaml zig "
)
_KNOWN = frozenset(_LOOKED_AT.split())
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,30}")
_formatter = HtmlFormatter(nowrap=True, classprefix="hl-")


def highlighted(code: str, info: str) -> str:
    """Return the HTML of a block of code.

    info: what stands behind the opening fence; a language that is not known is not guessed.
    """
    name = _LANGUAGE.match(info.strip())
    lexer = _lexer(name[0]) if name and len(code) <= MAX_CHARACTERS and not _ODD.search(code) else None
    body = (_coloured(code, lexer) if lexer else "") or escape(code)
    caption = f"<figcaption>{escape(name[0])}</figcaption>" if name else ""
    return f'<figure class="code" dir="ltr">{caption}<pre><code>{body}</code></pre></figure>\n'


class _TooSlow(Exception):
    pass


def _coloured(code: str, lexer: Lexer) -> str:
    """Return the code with its words in classes; empty where it takes too long."""
    words = _in_time(lexer.get_tokens(code), MIN_SECONDS + SECONDS_A_CHARACTER * len(code))
    try:
        return str(formatted(words, _formatter))
    except _TooSlow:
        return ""


def _in_time(words: Iterable[Any], seconds: float) -> Iterator[Any]:
    """Yield the same words. Raises _TooSlow after so many seconds of this thread's own work."""
    end = thread_time() + seconds
    for word in words:
        if thread_time() > end:
            raise _TooSlow
        yield word


def _lexer(name: str) -> Lexer | None:
    try:
        # Without the options, Pygments would remove empty lines at both ends and run lexers of any name in Markdown.
        lexer = get_lexer_by_name(name, stripnl=False, handlecodeblocks=False)
    except ClassNotFound:
        return None
    return lexer if lexer.aliases[0] in _KNOWN else None
