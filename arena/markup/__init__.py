"""The HTML of an answer's Markdown, safe to show. What a model writes is never trusted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from arena.markup.code import highlighted
from arena.markup.languages import language_of
from arena.markup.maths import add_mathematics

#: Characters that would act on the page around the answer: controls, and marks that change the direction of text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BOX = re.compile(r"^\[([ xX])\] ")
_TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "hr", "li", "ol", "p", "pre"}
_TAGS |= {"s", "span", "strong", "ul", "h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
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


def render_markdown(text: str, definitions: dict[str, Any] | None = None) -> str:
    """Return sanitised HTML. Headings are moved down so that the page keeps one outline.

    What it holds besides Markdown's own: code as <figure class="code">, mathematics as <code data-maths>, which a
    script may replace, and text whose direction the browser finds. definitions: addresses of links that earlier parts
    of the same text defined; those of this part are added to it.
    """
    return _cleaned(_answers.render(without_controls(text), definitions))


def render_document(text: str) -> str:
    """Return sanitised HTML of a text that stands under a page's title: its lines break where the browser likes."""
    return _cleaned(_documents.render(without_controls(text)))


def _cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )


def without_controls(text: str) -> str:
    """Return the text as it may be shown, in pieces or as a whole alike."""
    return _CONTROLS.sub("", text)


# A page of a long battle is loaded again after each turn, with everything that was rendered before.
@lru_cache(maxsize=256)
def render_answer(text: str) -> str:
    """Return the HTML of a whole answer with the language that it seems to be in; empty for an empty answer."""
    html = render_markdown(text)
    language = language_of(text)
    return f'<div lang="{language}">{html}</div>' if html and language else html


@dataclass(frozen=True)
class Block:
    """A part of an answer that is safe to show: one block or more.

    characters: how many of the words so far it stands for.
    """

    html: str
    characters: int


@dataclass
class GrowingText:
    """The words of a growing answer that no block holds yet. Its blocks, joined, are the HTML of the whole text.

    There is one exception: a link whose address is defined in a later block stays words until the whole is rendered.
    """

    words: str = ""
    _definitions: dict[str, Any] = field(default_factory=dict)

    def add(self, words: str) -> None:
        """Append words, as a page shows them, without controls."""
        self.words += words

    def finished(self) -> Block | None:
        """Return what will not change any more, until it is taken; None if there is nothing."""
        length = _finished_length(self.words)
        return Block(render_markdown(self.words[:length], self._definitions), length) if length else None

    def take(self, block: Block) -> None:
        self.words = self.words[block.characters :]

    def rest(self) -> str:
        """Return the HTML of the words that are left, as if the text ended with them."""
        return render_markdown(self.words, self._definitions)


def _finished_length(text: str) -> int:
    """Return how many characters from the start are whole blocks, such as paragraphs, that nothing can join.

    text: without control characters. Only whole lines are read, and their last block may always go on.
    """
    lines = text.split("\n")[:-1]
    tokens = _growing.parse("\n".join(lines)) if len(lines) > 1 else []
    blocks = [token for token in tokens if token.level == 0 and token.map and token.nesting >= 0]
    # A formula that never closes is words, and those may belong to the block before.
    if blocks and blocks[-1].meta.get("is_open"):
        blocks.pop()
    start = blocks[-1].map[0] if len(blocks) > 1 and blocks[-1].map else 0
    return sum(len(line) + 1 for line in lines[:start])


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


def _made(*, breaks: bool, lower_headings_by: int) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": breaks}).enable(["table", "strikethrough"])
    # A remote image would tell its server who reads this answer, so an image is shown as its description.
    markdown.disable("image")
    add_mathematics(markdown)
    headings = partial(_lower_headings, by=lower_headings_by)
    for name, rule in (("boxes", _draw_boxes), ("directions", _add_directions), ("headings", headings)):
        markdown.core.ruler.push(name, rule)
    for name in ("fence", "code_block"):
        markdown.add_render_rule(name, _code)
    markdown.add_render_rule("table_open", lambda *_: '<div class="table" dir="auto"><table>\n')
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return markdown


_answers = _made(breaks=True, lower_headings_by=2)
_documents = _made(breaks=False, lower_headings_by=1)
# It only tells where blocks begin, so their words are not parsed.
_growing = MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")
add_mathematics(_growing, is_growing=True)

__all__ = [
    "Block",
    "GrowingText",
    "language_of",
    "render_answer",
    "render_document",
    "render_markdown",
    "without_controls",
]
