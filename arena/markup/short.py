"""HTML for a socket: what comes often is sent as one character, since some proxies compress no socket.

Nothing that is shown holds one of these characters (C1 controls): `parser.cleaned` leaves them out.
"""

import re

#: The parts in the order of their characters, from U+0080 on; arena/static/arena/answer.js has the same.
PARTS = (
    "</span>",
    '<span class="hl-',
    '<span class="hl-k">',
    '<span class="hl-nb">',
    '<span class="hl-nf">',
    '<span class="hl-s">',
    '<span class="hl-s1">',
    '<span class="hl-s2">',
    '<span class="hl-mi">',
    '<span class="hl-c1">',
    ' rel="noopener noreferrer nofollow ugc">',
    '<code class="maths" data-maths="',
    '" dir="ltr">',
    "</td>\n<td>",
    "</td>\n</tr>\n<tr>\n<td>",
    '<p dir="auto">',
    "</p>\n",
    "<strong>",
    "</strong>",
    "<li>",
    "</li>\n",
    "<code>",
    "</code>",
    "<br>\n",
    '<a href="https://',
    "</a>",
    "<em>",
    "</em>",
    ' dir="auto">',
    "&amp;",
    "&lt;",
    "&gt;",
)
_CHARACTERS = {part: chr(0x80 + number) for number, part in enumerate(PARTS)}
_PART = re.compile("|".join(map(re.escape, sorted(PARTS, key=len, reverse=True))))


def shortened(html: str) -> str:
    """Return the HTML with each of the parts as its character."""
    return _PART.sub(lambda part: _CHARACTERS[part[0]], html)
