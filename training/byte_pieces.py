"""A tokenizer of byte pieces, learned from a text, so that it can read every character."""

from collections.abc import Iterable, Sequence

from tokenizers import Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers.models import BPE


def byte_pieces(texts: Iterable[str], *, size: int, special: Sequence[str]) -> Tokenizer:
    """Return a tokenizer of so many pieces. special: tokens of no text; their ids are their places here."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def piece_id(tokenizer: Tokenizer, token: str) -> int:
    """Return the id of a token that is one piece."""
    return int(tokenizer.encode(token, add_special_tokens=False).ids[0])
