"""What cannot change any more of a block that is still open: rows, items, lines of code, and sentences.

A short stub stands for it from then on, so that only what follows is parsed.
"""

import re
from dataclasses import dataclass, replace

from markdown_it.token import Token

from arena.markup.parser import cleaned, parser
from arena.markup.unfinished import is_in_code

_answers = parser(breaks=True, lower_headings_by=2)
_CODE_OR_TAG = re.compile(r"<(code|a)\b.*?</\1>|<[^>]*>", re.DOTALL)
#: Signs of marks that later words could close.
_OPEN_MARK = re.compile(r"[*_~`\[\]$\\]|&lt;|://|www\.", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?] )|(?<=\n)|(?<=[。！？])")
_NESTED = re.compile(r"[`~]+[ \t]*(?:markdown|md|mdx)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Settled:
    """The first part of an open block, which will not change.

    html: of it, open at its end. characters: of the source that it stands for. stub: a short source in place of it,
    whose HTML begins with `opening`; what is written behind the stub comes next, and `closing` at the end.
    """

    html: str
    characters: int
    stub: str
    opening: str
    closing: str

    def joined(self, html: str) -> str | None:
        """Return the HTML of the whole block, given that of the stub and the rest.

        None if the rest has changed what was before it, such as an empty line a whole list.
        """
        if html.startswith(self.opening):
            return self.html + html[len(self.opening) :]
        return self.html if self.opening.startswith(html.removesuffix(self.closing)) else None


def settled(source: str, tokens: list[Token], before: Settled | None, shown: str) -> Settled | None:
    """Return more of an open block as settled, or what was before where nothing more can be told.

    tokens: the blocks of the stub and the rest. shown: the HTML of the block so far.
    """
    kind = tokens[0].type if tokens else ""
    if kind not in _KINDS or any(token.level == 0 and token.nesting >= 0 for token in tokens[1:]):
        return before
    stub, behind = (before.stub, before.characters) if before else ("", 0)
    end = behind + _KINDS[kind](tokens, stub + source[behind:]) - len(stub)
    begun = before or _begun(tokens, source, shown)
    if begun is None or end <= begun.characters:
        return before
    return _longer(begun, source[begun.characters : end]) or before


def _longer(begun: Settled, words: str) -> Settled | None:
    html = cleaned(_answers.render(begun.stub + words, {}))
    if not html.startswith(begun.opening) or not html.endswith(begun.closing):
        return None
    between = html[len(begun.opening) : len(html) - len(begun.closing)]
    longer = replace(begun, html=begun.html + between, characters=begun.characters + len(words))
    return _behind_sentence(longer, between, words[-1]) if begun.closing == "</p>\n" else longer


def _behind_sentence(part: Settled, html: str, last: str) -> Settled | None:
    """Return the paragraph with its rest behind a sentence; None if a mark in that could still be closed."""
    if _OPEN_MARK.search(_CODE_OR_TAG.sub("", html)):
        return None
    sign = {"\n": "<br>\n", " ": " "}.get(last, "")
    stub = "x" + (last if sign else "")
    return replace(part, html=part.html + sign, stub=stub, opening=f'<p dir="auto">x{sign}')


def _begun(tokens: list[Token], source: str, shown: str) -> Settled | None:
    """Return a block of this kind of which nothing is settled yet."""
    first = tokens[0]
    if first.type == "paragraph_open":
        return Settled('<p dir="auto">', 0, "", '<p dir="auto">', "</p>\n")
    lines = source.split("\n", 2)
    if first.type == "fence":
        stub, closing = lines[0] + "\n", "</code></pre></figure>\n"
        opening = cleaned(_answers.render(stub)).removesuffix(closing)
        return Settled(opening, len(stub), stub, opening, closing) if opening.startswith("<figure") else None
    if first.type == "table_open":
        return _begun_table(lines)
    return _begun_list(tokens, shown)


def _begun_table(lines: list[str]) -> Settled | None:
    closing, stub = "</tbody>\n</table></div>\n", "\n".join([*lines[:2], "|x|\n"])
    opening = cleaned(_answers.render(stub)).removesuffix(closing)
    head, body, _ = opening.partition("<tbody>\n")
    begun = Settled(head + body, sum(len(line) + 1 for line in lines[:2]), stub, opening, closing)
    return begun if head.startswith("<div") and body else None


def _begun_list(tokens: list[Token], shown: str) -> Settled | None:
    first = tokens[0]
    marker = f"1{first.markup}" if first.type == "ordered_list_open" else first.markup
    is_loose = any(token.type == "paragraph_open" and token.level == 2 and not token.hidden for token in tokens)
    stub = f"{marker} x\n\n{marker} x\n" if is_loose else f"{marker} x\n"
    closing = f"</{first.tag}>\n"
    if not shown.startswith(f"<{first.tag}"):
        return None
    opening = cleaned(_answers.render(stub)).removesuffix(closing)
    return Settled(shown[: shown.index(">") + 1] + "\n", 0, stub, opening, closing)


def _rows(_: list[Token], source: str) -> int:
    return source.rfind("\n") + 1


def _items(tokens: list[Token], source: str) -> int:
    """Return where the last item begins whose line is whole."""
    lines = source.split("\n")
    starts = [t.map[0] for t in tokens if t.type == "list_item_open" and t.level == 1 and t.map]
    whole = [start for start in starts if start < len(lines) - 1]
    return sum(len(line) + 1 for line in lines[: whole[-1]]) if whole else 0


def _code(_: list[Token], source: str) -> int:
    """Return where the last group of lines begins, or the last line of a long one; 0 of a block that is closed."""
    end = source.rfind("\n") + 1
    if not is_in_code(source) or _NESTED.match(source.lstrip()):
        return 0
    gap = source.rfind("\n\n", 0, end)
    return gap + 2 if gap > 0 else end


def _sentences(_: list[Token], source: str) -> int:
    return max((found.start() for found in _SENTENCE.finditer(source)), default=0)


_KINDS = {
    "paragraph_open": _sentences,
    "bullet_list_open": _items,
    "ordered_list_open": _items,
    "table_open": _rows,
    "fence": _code,
}
