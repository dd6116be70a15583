"""Loss and accuracy on images that are not learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from netspec.runtime.images import Images

BATCH = 500
"""Larger ones are no faster, and twice as slow with a stock allocator."""


@torch.inference_mode()
def outputs(
    model: nn.Module, images: Images, prepare: Callable[[Tensor], Tensor]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield what the model gives, and labels, in batches; it is left in evaluation mode."""
    model.eval()
    batches = torch.split(images.pixels, BATCH), torch.split(images.labels, BATCH)
    for pixels, labels in zip(*batches, strict=True):
        yield model(prepare(pixels)), labels


@torch.inference_mode()
def evaluate(
    model: nn.Module,
    images: Images,
    prepare: Callable[[Tensor], Tensor],
    loss_of: Callable[[Tensor, Tensor], Tensor],
) -> tuple[float, float]:
    """Return mean loss and share of right answers; the model is left in evaluation mode."""
    device = images.labels.device
    loss = torch.zeros((), device=device)
    right = torch.zeros((), device=device, dtype=torch.long)
    for y, labels in outputs(model, images, prepare):
        loss += loss_of(y, labels) * len(labels)
        right += (y.argmax(1) == labels).sum()
    return float(loss) / len(images), int(right) / len(images)
