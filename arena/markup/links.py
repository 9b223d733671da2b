"""Which links an answer may have: bare addresses become links, and a link never names another place than its own."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_BARE = re.compile(
    r"""(?<![A-Za-z0-9_/@.:-])(?:https?://|www\.[A-Za-z0-9-]+\.)[A-Za-z0-9.-]+(?::\d{1,5})?
    (?:[/?\#](?:[!\#-;=?-~]|(?<=[/=(_,-])[^\x00-\x7f\s\u3000-\u303f\uff00-\uff65]+)*)?""",
    re.VERBOSE | re.IGNORECASE,
)
#: A sentence's own signs behind an address.
_SIGNS = "?!.,:;*_~'\""
_PAIRS = {")": "(", "]": "[", "}": "{"}
_ADDRESS = re.compile(r"https?://([A-Za-z0-9.-]+)(?::\d{1,5})?(?:[/?#]|$)|mailto:[^@]+@([A-Za-z0-9.-]+)(?:\?|$)", re.I)
_NAMED = re.compile(r"(?:[a-z][\w+.-]*:)?//(?:[^\s/?#]*@)?([^\s/?#:]+)|((?:[\w-]+\.)+(?:xn--[\w-]+|[a-z]{2,}))\b", re.I)
#: Names of files and libraries end like hosts do.
_ENDINGS = "cc cs css go html java js json jsx md mjs net ps py rb rs sh so sql ts tsx txt yaml yml zip"
_FILES = frozenset(_ENDINGS.split())


def add_links(markdown: MarkdownIt) -> None:
    """Let `markdown` link bare addresses, and take links away that say nothing of where they lead."""
    markdown.core.ruler.push("links", _links)


def _links(state: StateCore) -> None:
    for line in state.tokens:
        if line.type == "inline" and line.children and _may_link(line.content):
            line.children = list(_honest(state.md, line.children))


def _may_link(content: str) -> bool:
    return "[" in content or "://" in content or "www." in content.lower() or "<" in content


def _honest(markdown: MarkdownIt, tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens with bare addresses as links, and without links that are refused."""
    end = 0
    for index, token in enumerate(tokens):
        if index < end or token.type == "link_close":
            continue
        if token.type == "link_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "link_close")
            inside = tokens[index + 1 : end]
            is_kept = leads_where_it_says("".join(t.content for t in inside), str(token.attrGet("href") or ""))
            yield from tokens[index : end + 1] if is_kept else inside
        elif token.type == "text":
            is_picture = index + 1 < len(tokens) and tokens[index + 1].type == "link_open"
            yield from _linked(markdown, token, token.content.removesuffix("!") if is_picture else token.content)
        else:
            yield token


def leads_where_it_says(text: str, address: str) -> bool:
    """Tell whether the address is a whole one, and each host that the text names is its host."""
    found = _ADDRESS.match(address)
    if not found:
        return False
    host = (found[1] or found[2]).lower().removeprefix("www.")
    named = ((m[1] or m[2]).lower().removeprefix("www.") for m in _NAMED.finditer(text) if not _is_file(m))
    return all(host == name or host.endswith("." + name) for name in named)


def _is_file(named: re.Match[str]) -> bool:
    return bool(named[2]) and named[2].rpartition(".")[2].lower() in _FILES


def _linked(markdown: MarkdownIt, token: Token, content: str) -> Iterator[Token]:
    at = 0
    for found in _BARE.finditer(content) if "://" in content or "www." in content.lower() else ():
        shown = _without_signs(found[0])
        address = markdown.normalizeLink(shown if "://" in shown else f"https://{shown}")
        if not leads_where_it_says("", address):
            continue
        yield _text(content[at : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield _text(shown)
        yield Token("link_close", "a", -1)
        at = found.start() + len(shown)
    token.content = content[at:]
    yield token


def _without_signs(address: str) -> str:
    """Return the address without the signs that belong to the sentence around it, such as a point or a bracket."""
    while address:
        last = address[-1]
        is_odd = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _SIGNS and not is_odd:
            break
        address = address[:-1]
    return address


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
