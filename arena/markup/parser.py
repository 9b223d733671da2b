"""The Markdown that is read, and the HTML that may come of it. What a model writes is never trusted."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from arena.markup.code import highlighted
from arena.markup.fences import nested_fence
from arena.markup.inline import add_inline
from arena.markup.interrupts import add_blocks
from arena.markup.links import add_links
from arena.markup.maths import add_mathematics, maths_block
from arena.markup.nesting import add_nesting
from arena.markup.tables import add_tables, table_block
from arena.markup.tags import add_tags

#: Characters that would act on the page around the answer: controls, and marks that change the direction of text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOX = re.compile(r"^\[([ xX])\] ")
_TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "div",
    "em",
    "figcaption",
    "figure",
    "hr",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
}
_TAGS |= {"s", "span", "strong", "sub", "sup", "u", "ul", "h2", "h3", "h4", "h5", "h6"}
_TAGS |= {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href"},
    "code": {"class", "data-maths"},
    "div": {"class"},
    "figure": {"class"},
    "ol": {"start"},
    "span": {"class"},
}
#: Blocks whose text may be of a language that is written from right to left. What is in a list, a quotation or a
#: table goes the way of the whole: its bullets, its bar and its columns stand on that side.
_WITH_DIRECTION = {"paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open", "blockquote_open"}
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow ugc",
)


def without_controls(text: str) -> str:
    """Return the text as it may be shown, in pieces or as a whole alike."""
    return _CONTROLS.sub("", text)


def cleaned(html: str) -> str:
    """Return the HTML with nothing in it but what an answer may hold."""
    return _CONTROLS.sub("", _cleaner.clean(html))


def parser(*, breaks: bool, lower_headings_by: int, is_growing: bool = False, is_ours: bool = False) -> MarkdownIt:
    """Return a parser of Markdown as models write it.

    is_growing: the text may go on. is_ours: the operator wrote it, so its links may lead anywhere, within the site too.
    """
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])
    add_inline(markdown)
    # A remote image would tell its server who reads this answer, so an image is shown as its description.
    markdown.enable("strikethrough").disable(["image", "html_inline", "html_block"])
    for add in (add_mathematics, add_nesting, add_tables, add_tags):
        add(markdown)
    if not is_ours:
        add_links(markdown)
    maths, fence = maths_block(is_growing=is_growing), nested_fence(is_growing=is_growing)
    add_blocks(markdown, table=table_block, others={"maths": (maths, "$\\"), "nested_fence": (fence, "`~")})
    headings = partial(_lower_headings, by=lower_headings_by)
    for name, rule in (("boxes", _draw_boxes), ("directions", _add_directions), ("headings", headings)):
        markdown.core.ruler.push(name, rule)
    for name in ("fence", "code_block"):
        markdown.add_render_rule(name, _code)
    return markdown


def _draw_boxes(state: StateCore) -> None:
    """Draw the boxes of a task list as signs: a field that cannot be ticked says nothing to a screen reader."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, paragraph.type) == ("list_item_open", "paragraph_open") and inline.children:
            first = inline.children[0]
            first.content = _BOX.sub(lambda box: "☐ " if box[1] == " " else "☑ ", first.content)


def _add_directions(state: StateCore) -> None:
    for token in state.tokens:
        if token.level == 0 and token.type in _WITH_DIRECTION:
            token.attrSet("dir", "auto")


def _lower_headings(state: StateCore, by: int) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + by, 6)}"


def _code(_: object, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return highlighted(tokens[index].content, tokens[index].info)
