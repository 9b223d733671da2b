"""Tensors from instructions: the model reads in training what it will read in a battle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from arena.backends.base import Decoding, Message, Request
from arena.backends.transformers_local.prompt import PromptFormat
from training.instructions import SYSTEM_PROMPT, Instruction

#: The label that the loss ignores: a model should learn to answer, not to ask.
UNHEARD = -100


@dataclass(frozen=True)
class Batch:
    """One batch of the training, all (rows, longest).

    ids: of the tokens; mask: 1 for tokens that are not padding; labels: what to learn.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor


def encoded(example: Instruction, prompt_format: PromptFormat, end: int) -> tuple[list[int], list[int]]:
    """Return the token ids of the prompt, and those of the answer with the token that ends it."""
    messages = (Message("system", SYSTEM_PROMPT), Message("user", example.instruction))
    request = Request(messages, Decoding(), seed=0, prompt_template="tokenizer")
    answer = prompt_format.tokenizer.encode(example.output, add_special_tokens=False).ids
    return prompt_format.token_ids(request), [*answer, end]


def batches(
    rows: Sequence[tuple[list[int], list[int]]], *, size: int, epochs: int, rng: torch.Generator
) -> Iterator[Batch]:
    """Yield all rows once an epoch, in an order that the generator draws."""
    for _ in range(epochs):
        order = torch.randperm(len(rows), generator=rng).tolist()
        for start in range(0, len(rows), size):
            yield _padded([rows[number] for number in order[start : start + size]])


def _padded(rows: Sequence[tuple[list[int], list[int]]]) -> Batch:
    longest = max(len(prompt) + len(answer) for prompt, answer in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    mask, labels = torch.zeros_like(ids), torch.full_like(ids, UNHEARD)
    for number, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        ids[number, :end] = torch.tensor(prompt + answer)
        mask[number, :end] = 1
        labels[number, len(prompt) : end] = torch.tensor(answer)
    return Batch(ids, mask, labels)
