"""A rehearsal before a model is let in: does it say in a batch, read piece by piece, what it says by itself?

Some architectures that transformers lists as language models do not: they look at what comes later, or count their
positions from the padding. They would write another text than their makers' code, and nobody would see it.
"""

import torch
from transformers import PreTrainedModel

from arena.backends.base import Unavailable
from arena.backends.transformers_local.batch import Batch
from arena.backends.transformers_local.cache import Conversations

#: Two conversations of unlike length, one read in pieces, and the word that then comes in each; as shares of the
#: vocabulary. Few, since each costs as much as a token of an answer.
CONVERSATIONS = (((0.11, 0.52, 0.33), (0.74, 0.25)), ((0.86, 0.47),))
WORDS = (0.61, 0.29)
#: The most that a score may differ, as a share of how much the scores of all words spread: rounding takes 0.001 of it.
TOLERANCE = 0.05


@torch.inference_mode()
def rehearse(batch: Batch, model: PreTrainedModel) -> int:
    """Return the bytes that the keys and values of one token take: measured, as each architecture has its own shapes.

    Raises Unavailable for a model that remembers in another way, or speaks otherwise in a batch than alone.
    """
    size = model.config.get_text_config().vocab_size
    prompts = [[_ids(piece, size) for piece in pieces] for pieces in CONVERSATIONS]
    words = _ids(WORDS, size)
    read = [_read(batch, pieces) for pieces in prompts]
    held = sum(one.bytes_held for one in read) // sum(length for one in read for length in one.lengths)
    if not held:
        raise _other(model, "they keep no keys and values")
    alone = torch.stack([_alone(model, [*pieces, [word]]) for pieces, word in zip(prompts, words, strict=True)])
    together = _together(batch, read, words)
    if (together - alone).abs().max() > TOLERANCE * alone.std():
        raise _other(model, "in a batch they would write another text than alone")
    return held


def _ids(shares: tuple[float, ...], size: int) -> list[int]:
    return [int(share * size) for share in shares]


def _read(batch: Batch, pieces: list[list[int]]) -> Conversations:
    conversation = Conversations()
    for piece in pieces:
        batch.read(conversation, piece, None)
    return conversation


def _alone(model: PreTrainedModel, pieces: list[list[int]]) -> torch.Tensor:
    """Return the scores after all of these tokens, which the model reads at once."""
    tokens = [token for piece in pieces for token in piece]
    logits: torch.Tensor = model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0, -1]
    return logits


def _together(batch: Batch, read: list[Conversations], words: list[int]) -> torch.Tensor:
    """Return the scores after the same tokens, the last of which come in one batch."""
    batch.rearrange([], read)
    logits = batch.step(words, [None] * len(words))
    batch.clear()
    return logits


def _other(model: PreTrainedModel, why: str) -> Unavailable:
    return Unavailable(
        f"models of the type {model.config.model_type} do not run here ({why}): serve it with a server that knows it "
        'and enter it with backend = "openai"'
    )
