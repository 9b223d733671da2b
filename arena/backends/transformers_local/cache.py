"""The keys and values that the model has computed, of one conversation and of a batch of them."""

from collections.abc import Sequence
from typing import Any, cast

import torch
from transformers.cache_utils import Cache, DynamicLayer

#: The room grows by so many tokens. More would waste memory, fewer would copy everything more often.
BLOCK = 64


class RoomyLayer(DynamicLayer):  # type: ignore[no-untyped-call]
    """One layer's keys and values (rows, heads, tokens, size), with room behind: one more token does not copy all.

    Every layer keeps all tokens: where attention slides over a window, the model's mask does it. A layer cut to the
    window could not be padded.
    """

    keys: torch.Tensor
    values: torch.Tensor
    _room: tuple[torch.Tensor, torch.Tensor]

    def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
        super().lazy_initialization(key_states, value_states)
        self.hold([key_states[:, :, :0]], [value_states[:, :, :0]])

    def hold(self, keys: Sequence[torch.Tensor], values: Sequence[torch.Tensor]) -> None:
        """Hold copies of these, one below the other, padded with zeros on the left to the longest."""
        longest = max(part.shape[2] for part in keys)
        self._room = _packed(keys, longest), _packed(values, longest)
        self._show(longest)

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *args: Any, **kwargs: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return all keys and values, these new ones last."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
        begin = self.keys.shape[2]
        end = begin + key_states.shape[2]
        if end > self._room[0].shape[2]:
            self._room = _packed([self.keys], begin, end), _packed([self.values], begin, end)
        for room, states in zip(self._room, (key_states, value_states), strict=True):
            room[:, :, begin:end] = states
        self._show(end)
        return self.keys, self.values

    def _show(self, tokens: int) -> None:
        self.keys, self.values = (room[:, :, :tokens] for room in self._room)


class Conversations:
    """The part of some conversations that the model has read.

    lengths: the tokens of each; in memory all take as many as the longest.
    """

    def __init__(self) -> None:
        self.cache = Cache(layer_class_to_replicate=RoomyLayer)
        self.lengths: list[int] = []

    @property
    def padding(self) -> list[int]:
        longest = max(self.lengths, default=0)
        return [longest - length for length in self.lengths]

    @property
    def bytes_held(self) -> int:
        """The memory that the tokens of all rows take, padding too; 0 where the model keeps no keys and values."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self._layers if layer.is_initialized)

    def rearrange(self, numbers: Sequence[int], joining: "Sequence[Conversations]") -> None:
        """Keep only these rows, in this order, and put those of the others behind them. The others are used up."""
        rows = [(self, row) for row in numbers]
        rows += [(other, row) for other in joining for row in range(len(other.lengths))]
        lengths = [conversations.lengths[row] for conversations, row in rows]
        if not rows:
            self.cache = Cache(layer_class_to_replicate=RoomyLayer)
        elif not self.lengths and len(rows) == 1:
            self.cache = joining[0].cache
        else:
            self._pack(rows, self if self.lengths else joining[0])
        self.lengths = lengths

    def _pack(self, rows: "list[tuple[Conversations, int]]", target: "Conversations") -> None:
        # Layer by layer, so that never more than one layer is in memory twice.
        for number, layer in enumerate(target._layers):
            parts = [conversations._row(number, row) for conversations, row in rows]
            layer.hold([keys for keys, _ in parts], [values for _, values in parts])
        self.cache = target.cache

    @property
    def _layers(self) -> list[RoomyLayer]:
        return cast("list[RoomyLayer]", self.cache.layers)

    def _row(self, layer: int, row: int) -> tuple[torch.Tensor, torch.Tensor]:
        held, padding = self._layers[layer], self.padding[row]
        return held.keys[row : row + 1, :, padding:], held.values[row : row + 1, :, padding:]


def _packed(parts: Sequence[torch.Tensor], longest: int, tokens: int = 0) -> torch.Tensor:
    """Return the parts one below the other, each ending at column `longest`.

    There is room for `tokens` columns and at least one more.
    """
    rows = sum(part.shape[0] for part in parts)
    _, heads, _, size = parts[0].shape
    columns = (max(longest, tokens) // BLOCK + 1) * BLOCK
    packed = parts[0].new_empty(rows, heads, columns, size)
    row = 0
    for part in parts:
        here = packed[row : row + part.shape[0]]
        begin = longest - part.shape[2]
        # Zeros, since attention multiplies this part with zero and a NaN would stay NaN.
        here[:, :, :begin] = 0
        here[:, :, begin:longest] = part
        row += part.shape[0]
    return packed
