"""Loss and figures on images that are not learnt from."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from netspec.runner.data.images import Feed
from netspec.runner.data.prepare import Prepare
from netspec.runner.tasks.base import Gauge
from netspec.runner.together.world import ALONE, LossOf, World, mass

BATCH = 500
"""Larger ones are no faster, and twice as slow with a stock allocator."""


@torch.inference_mode()
def outputs(
    model: nn.Module, images: Feed, prepare: Prepare, world: World = ALONE
) -> Iterator[tuple[Tensor, Tensor]]:
    """What the model gives, and labels, in batches; it is left in evaluation mode."""
    model.eval()
    # Processes share batches, not samples, so each batch is as one process would have it.
    picks = torch.split(torch.arange(len(images)), BATCH)[world.rank :: world.size]
    for pixels, labels in images.batches(picks):
        yield model(prepare(pixels)), labels


@torch.inference_mode()
def evaluate(
    model: nn.Module,
    images: Feed,
    prepare: Prepare,
    loss_of: LossOf,
    gauge: Gauge,
    world: World = ALONE,
) -> tuple[float, dict[str, float]]:
    """Mean loss, and what the gauge shows in the end; the model is left in evaluation mode."""
    world.same(model)
    loss = torch.zeros((), device=world.device)
    counted = mass(loss_of, images.labels[:0].to(world.device))
    for y, labels in outputs(model, images, prepare, world):
        part = mass(loss_of, labels)
        loss += loss_of(y, labels) * part
        counted = counted + part
        gauge.add(y, labels)
    whole = len(images) if isinstance(counted, int) else float(world.sum(counted))
    return float(world.sum(loss)) / whole, gauge.figures(images, world)
