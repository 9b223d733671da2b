"""Which part of an answer that is still being written will not change any more."""

from markdown_it import MarkdownIt
from markdown_it.token import Token


def finished_length(text: str, markdown: MarkdownIt) -> int:
    """How many characters from the start are whole blocks, such as paragraphs and lists, that nothing can join.

    text: without control characters. Only whole lines are looked at, and their last block may always go on.
    """
    lines = text.split("\n")[:-1]
    blocks = [token for token in _parsed(lines, markdown) if token.level == 0 and token.map and token.nesting >= 0]
    # A formula that never closes is words, and those may belong to the block before.
    if blocks and blocks[-1].meta.get("is_open"):
        blocks.pop()
    start = blocks[-1].map[0] if len(blocks) > 1 and blocks[-1].map else 0
    return sum(len(line) + 1 for line in lines[:start])


def _parsed(lines: list[str], markdown: MarkdownIt) -> list[Token]:
    return markdown.parse("\n".join(lines)) if len(lines) > 1 else []
