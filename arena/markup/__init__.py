"""The HTML of an answer's Markdown, safe to show. What a model writes is never trusted."""

from functools import lru_cache
from typing import Any

from arena.markup.growing import Difference, GrowingText
from arena.markup.languages import language_of
from arena.markup.parser import cleaned, parser, without_controls
from arena.markup.short import shortened

_answers = parser(breaks=True, lower_headings_by=2)
_documents = parser(breaks=False, lower_headings_by=1, is_ours=True)


def render_markdown(text: str, definitions: dict[str, Any] | None = None) -> str:
    """Return sanitised HTML. Headings are moved down so that the page keeps one outline.

    What it holds besides Markdown's own: code as <figure class="code">, mathematics as <code data-maths>, which a
    script may replace, and text whose direction the browser finds. definitions: addresses of links that earlier parts
    of the same text defined; those of this part are added to it.
    """
    return cleaned(_answers.render(without_controls(text), definitions))


def render_document(text: str) -> str:
    """Return sanitised HTML of a text that stands under a page's title: its lines break where the browser likes."""
    return cleaned(_documents.render(without_controls(text)))


# A page of a long battle is loaded again after each turn, with everything that was rendered before.
@lru_cache(maxsize=256)
def render_answer(text: str) -> str:
    """Return the HTML of a whole answer with the language that it seems to be in; empty for an empty answer."""
    html = render_markdown(text)
    language = language_of(text)
    return f'<div lang="{language}">{html}</div>' if html and language else html


__all__ = [
    "Difference",
    "GrowingText",
    "language_of",
    "render_answer",
    "render_document",
    "render_markdown",
    "shortened",
    "without_controls",
]
