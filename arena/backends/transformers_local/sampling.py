"""The choice of the next token."""

import torch

from arena.backends.base import Decoding


def next_token(logits: torch.Tensor, decoding: Decoding, rng: torch.Generator) -> int:
    """Return the index of the chosen token. logits: (vocabulary,). At temperature 0 nothing is drawn from rng.

    Raises ValueError or RuntimeError for logits that are no numbers.
    """
    if decoding.temperature == 0:
        likeliest = int(logits.argmax())
        if logits[likeliest].isnan():  # it counts as the largest of all
            raise ValueError("the logits are no numbers")
        return likeliest
    chances = ((logits - logits.max()) / decoding.temperature).softmax(0)
    if decoding.top_p >= 1:
        return int(chances.multinomial(1, generator=rng))
    chances, order = chances.sort(descending=True)
    likelier = chances.cumsum(0) - chances
    nucleus = chances.where(likelier < decoding.top_p, 0.0)
    return int(order[nucleus.multinomial(1, generator=rng)])
