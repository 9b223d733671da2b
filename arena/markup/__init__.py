"""An answer's Markdown as HTML that is safe to show. What a model writes is never trusted."""

import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.texmath import texmath_plugin

from arena.markup.code import highlighted
from arena.markup.languages import language_of
from arena.markup.maths import mathematics

#: Characters that would act on the page around the answer: controls, and those that turn the direction of text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOX = re.compile(r"^\[([ xX])\] ")
_TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "hr", "li", "ol", "p", "pre"}
_TAGS |= {"s", "span", "strong", "ul", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {
    "*": {"dir"},
    "a": {"href"},
    "code": {"class", "data-maths"},
    "div": {"class", "lang"},
    "figure": {"class"},
    "ol": {"start"},
    "span": {"class"},
}
#: Blocks whose text may be of a language that is written from right to left.
_WITH_DIRECTION = {"paragraph_open", "heading_open", "bullet_list_open", "ordered_list_open", "td_open", "th_open"}


def render_markdown(text: str) -> str:
    """Sanitised HTML. Headings are moved down so that the page keeps one outline.

    What it holds besides Markdown's own: code as <figure class="code">, mathematics as <code data-maths>, which a
    script may replace, and text whose direction the browser finds.
    """
    return nh3.clean(
        _markdown.render(_CONTROLS.sub("", text)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )


def render_answer(text: str) -> str:
    """The same, with the language that the text seems to be written in; empty for an empty answer."""
    html = render_markdown(text)
    language = language_of(text)
    return f'<div lang="{language}">{html}</div>' if html and language else html


def _draw_boxes(state: StateCore) -> None:
    """Boxes of a list of tasks as signs: a field to tick that cannot be ticked says nothing to a screen reader."""
    for item, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (item.type, paragraph.type) == ("list_item_open", "paragraph_open") and inline.children:
            first = inline.children[0]
            first.content = _BOX.sub(lambda box: "☐ " if box[1] == " " else "☑ ", first.content)


def _add_directions(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in _WITH_DIRECTION:
            token.attrSet("dir", "auto")


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"


def _fence(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return highlighted(tokens[index].content, tokens[index].info)


def _maths(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return mathematics(tokens[index].content, is_block=tokens[index].type != "math_inline")


def _made() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    # A remote image would tell its server who reads this answer, so an image is shown as its description.
    markdown.disable("image")
    markdown.use(texmath_plugin, delimiters="brackets")
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.core.ruler.push("boxes", _draw_boxes)
    markdown.core.ruler.push("directions", _add_directions)
    markdown.core.ruler.push("headings", _lower_headings)
    for name in ("fence", "code_block"):
        markdown.add_render_rule(name, _fence)
    for name in ("math_inline", "math_inline_double", "math_block", "math_block_label", "math_block_eqno"):
        markdown.add_render_rule(name, _maths)
    markdown.add_render_rule("table_open", lambda *_: '<div class="table"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown


_markdown = _made()

__all__ = ["language_of", "render_answer", "render_markdown"]
