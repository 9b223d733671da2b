"""The one place where the model is called. Only the scheduler's thread comes here."""

from collections.abc import Sequence

import torch
from transformers import PreTrainedModel

from arena.backends.transformers_local.cache import Conversations


class Batch:
    """Conversations that grow by a token each with every step."""

    def __init__(self, model: PreTrainedModel) -> None:
        self._model = model
        self._rows = Conversations()

    def read(self, conversation: Conversations, tokens: list[int], *, is_last: bool) -> torch.Tensor | None:
        """Put the next tokens of a prompt into its conversation, which is of one row. is_last: (vocabulary,) logits."""
        arguments = {"input_ids": torch.tensor([tokens]), "past_key_values": conversation.cache, "use_cache": True}
        logits: torch.Tensor | None = None
        if is_last:
            logits = self._model(**arguments, logits_to_keep=1).logits[0, -1]
        else:
            # Without the head, which of all layers has the most weights and whose words nobody would hear.
            self._model.base_model(**arguments)
        conversation.lengths = [sum(conversation.lengths) + len(tokens)]
        return logits

    def rearrange(self, kept: Sequence[int], joining: Sequence[Conversations]) -> None:
        """Go on with these rows and, behind them, with conversations that are read."""
        self._rows.rearrange(kept, joining)

    def step(self, tokens: list[int]) -> torch.Tensor:
        """Each row's next token in, each row's logits (rows, vocabulary) out."""
        logits: torch.Tensor = self._model(
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
