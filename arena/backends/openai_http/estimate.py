"""An estimate of a conversation's tokens in a vocabulary that is not known here."""

import re
from collections.abc import Iterable

from arena.backends.base import Message

#: Tokens of a template around a message, such as "<|im_start|>assistant\n".
TOKENS_AROUND_A_MESSAGE = 8
_PIECES = re.compile(r"[A-Za-z]+|[ ]+|[\x00-\x7f]|[^\x00-\x7f]+")


def most_tokens(messages: Iterable[Message]) -> int:
    """Return more tokens than common vocabularies need.

    A word is one for each three letters, other signs are one each.
    Outside ASCII it is one a byte, which byte-level vocabularies never exceed.
    """
    return TOKENS_AROUND_A_MESSAGE + sum(_most(message.content) + TOKENS_AROUND_A_MESSAGE for message in messages)


def _most(text: str) -> int:
    return sum(_most_of(piece) for piece in _PIECES.findall(text))


def _most_of(piece: str) -> int:
    if piece.isascii() and piece.isalpha():
        return -(-len(piece) // 3)
    # One space belongs to the word after it.
    return len(piece) // 2 if piece.isspace() and piece.startswith(" ") else len(piece.encode())
