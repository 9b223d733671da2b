"""The one place where the model is called. Only the scheduler's thread uses it."""

from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import PreTrainedModel

from arena.backends.transformers_local.adapters import Adapters
from arena.backends.transformers_local.cache import Conversations


class Batch:
    """Conversations that grow by a token each with every step."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._adapters = Adapters(model)
        self._rows = Conversations()

    def load(self, adapter: Path | None) -> None:
        """Load the adapter into memory. Raises Unavailable."""
        if adapter is not None:
            self._adapters.load(adapter)

    def read(self, conversation: Conversations, tokens: list[int], adapter: Path | None) -> torch.Tensor:
        """Put the next tokens of a prompt into its conversation and return the logits (vocabulary,).

        The conversation is of one row.
        """
        logits: torch.Tensor = self._adapters.forward(
            [adapter],
            input_ids=torch.tensor([tokens]),
            past_key_values=conversation.cache,
            use_cache=True,
            logits_to_keep=1,  # the head has more weights than any layer, and only the last word is wanted
        ).logits[0, -1]
        conversation.lengths = [sum(conversation.lengths) + len(tokens)]
        return logits

    def rearrange(self, rows: Sequence[int], joining: Sequence[Conversations]) -> None:
        """Go on with these rows and, behind them, with conversations that are read."""
        self._rows.rearrange(rows, joining)

    def step(self, tokens: list[int], adapters: Sequence[Path | None]) -> torch.Tensor:
        """Put each row's next token in and return each row's logits (rows, vocabulary)."""
        logits: torch.Tensor = self._adapters.forward(
            adapters,
            input_ids=torch.tensor(tokens)[:, None],
            attention_mask=self._mask(),
            position_ids=torch.tensor(self._rows.lengths)[:, None],
            past_key_values=self._rows.cache,
            use_cache=True,
            logits_to_keep=1,
        ).logits[:, -1]
        self._rows.lengths = [length + 1 for length in self._rows.lengths]
        return logits

    def clear(self) -> None:
        """Forget all rows, also after a step that broke."""
        self._rows = Conversations()

    def _mask(self) -> torch.Tensor | None:
        padding = self._rows.padding
        if not any(padding):
            return None  # attention is faster without
        columns = torch.arange(max(self._rows.lengths) + 1)
        return (columns >= torch.tensor(padding)[:, None]).long()
