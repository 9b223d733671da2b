"""Program text with its words coloured by class; the colours are in the style sheet."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from time import thread_time
from typing import Any

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name, get_all_lexers
from pygments.token import STANDARD_TYPES

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
_ALIASES = frozenset(
    alias for _, aliases, *_ in get_all_lexers(plugins=False) if aliases and aliases[0] in _KNOWN for alias in aliases
)
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,30}")
#: Read with the module: the first of this family takes longer than a whole answer may.
_FIRST = find_lexer_class_by_name("jsx")()
#: The kinds of words that have a colour in the style sheet, by Pygments' short names.
_COLOURED = (
    "c c1 cm cp cpf ch cs k kc kd kn kp kr kt ow nt s s1 s2 sa sb sc dl sd se sh si sr ss sx "
    "m mb mf mi il mh mo nf nc nb bp nd na nv fm gd ge gh gi gs gu"
)
COLOURED = frozenset(_COLOURED.split())


def highlighted(code: str, info: str) -> str:
    """Return the HTML of a block of code.

    info: what stands behind the opening fence; a language that is not known is not guessed.
    """
    name = _LANGUAGE.match(info.strip())
    lexer = _lexer(name[0]) if name and len(code) <= MAX_CHARACTERS and not _ODD.search(code) else None
    body = (_coloured(code, lexer) if lexer and code else "") or escape(code)
    caption = f"<figcaption>{escape(name[0])}</figcaption>" if name else ""
    return f'<figure class="code" dir="ltr">{caption}<pre><code>{body}</code></pre></figure>\n'


class _TooSlow(Exception):
    pass


def _coloured(code: str, lexer: Lexer) -> str:
    """Return the code with its words in classes; empty where it takes too long."""
    words = _in_time(lexer.get_tokens(code), MIN_SECONDS + SECONDS_A_CHARACTER * len(code))
    try:
        return "".join(_word(STANDARD_TYPES.get(kind, ""), text) for kind, text in words)
    except _TooSlow:
        return ""


def _word(kind: str, text: str) -> str:
    shown = escape(text)
    return f'<span class="hl-{kind}">{shown}</span>' if kind in COLOURED else shown


def _in_time(words: Iterable[Any], seconds: float) -> Iterator[Any]:
    """Yield the same words. Raises _TooSlow after so many seconds of this thread's own work."""
    end = thread_time() + seconds
    for word in words:
        if thread_time() > end:
            raise _TooSlow
        yield word


def _lexer(name: str) -> Lexer | None:
    found = find_lexer_class_by_name(name) if name.lower() in _ALIASES else None
    # Without the options, Pygments would remove empty lines at both ends and run lexers of any name in Markdown.
    return found(stripnl=False, handlecodeblocks=False) if found else None
