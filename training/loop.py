"""The training loop that both models share."""

import math
from collections.abc import Iterable
from time import monotonic

import torch

from training.batches import Batch


def train(model: torch.nn.Module, batches: Iterable[Batch], *, steps: int, learning_rate: float) -> list[float]:
    """Train the model and return the loss of each step.

    Only parameters that want a gradient learn; the learning rate rises for a tenth of the steps, then falls.
    """
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learning, lr=learning_rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _share(step, steps))
    losses, began = [], monotonic()
    model.train()
    for step, batch in zip(range(steps), batches, strict=False):
        loss = model(input_ids=batch.ids, attention_mask=batch.mask, labels=batch.labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learning, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        losses.append(float(loss.detach()))
        _show(step + 1, steps, losses, monotonic() - began)
    model.eval()
    return losses


def _share(step: int, steps: int) -> float:
    warm_up = max(1, steps // 10)
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, steps - warm_up)))


def _show(step: int, steps: int, losses: list[float], seconds: float) -> None:
    if step % 10 == 0 or step == steps:
        recent = sum(losses[-10:]) / len(losses[-10:])
        left = seconds / step * (steps - step)
        print(f"step {step} of {steps}: loss {recent:.3f}, {left / 60:.1f} minutes left", flush=True)
