"""An answer's Markdown as HTML that is safe to show. What a model writes is never trusted."""

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
# A remote image would tell its server who reads this answer, so an image is shown as its description.
_markdown.disable("image")

_TAGS = {"a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "ul"}
_TAGS |= {"h1", "h2", "h3", "h4", "h5", "h6", "table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "ol": {"start"}}


def render_markdown(text: str) -> str:
    """Sanitised HTML. Headings are moved down so that the page keeps one outline."""
    cleaned = nh3.clean(
        _markdown.render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )
    for level in (6, 5, 4, 3, 2, 1):
        lower = min(level + 2, 6)
        cleaned = cleaned.replace(f"<h{level}>", f"<h{lower}>").replace(f"</h{level}>", f"</h{lower}>")
    return cleaned
