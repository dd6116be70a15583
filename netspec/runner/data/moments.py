"""Mean and standard deviation of pixels, by how often each value is there, and of numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from netspec.runner.together.world import World

_ROUNDING = 1e-12
"""Share of a mean below which a deviation is none."""


def histogram(pixels: Tensor) -> Tensor:
    """(C, 256): how often each channel has each value."""
    channels = pixels.transpose(0, 1).flatten(1)
    return torch.stack([torch.bincount(channel, minlength=256) for channel in channels])


def moments(counts: Tensor) -> tuple[list[float], list[float]]:
    """Mean and standard deviation per channel, of pixels as 0 to 1.

    Counting the 256 values is exact in any order, and needs no float copy of the data.
    """
    share = counts.cpu().double() / counts.cpu().sum(1, keepdim=True)
    values = torch.arange(256, dtype=torch.float64) / 255
    mean = (share * values).sum(1, keepdim=True)
    deviation = (share * (values - mean) ** 2).sum(1).sqrt()
    return mean.flatten().tolist(), deviation.tolist()


def spread(
    parts: Callable[[], Iterable[Tensor]], channels: int, world: World
) -> tuple[list[float], list[float]]:
    """Mean and standard deviation per channel or column of numbers, (N, C, *) or (N, F) each time.

    In two passes over the parts, which processes share: one would cancel far from zero.
    """
    mean = _mean(parts, channels, world, lambda x: x)
    variance = _mean(parts, channels, world, lambda x: (x - mean) ** 2)
    deviation = variance.sqrt()
    # What rounding leaves of a constant is no spread.
    deviation[deviation <= mean.abs() * _ROUNDING] = 0
    return mean.flatten().tolist(), deviation.flatten().tolist()


def _mean(
    parts: Callable[[], Iterable[Tensor]],
    channels: int,
    world: World,
    of: Callable[[Tensor], Tensor],
) -> Tensor:
    """(C, 1), in float64."""
    total, count = torch.zeros(channels, 1, dtype=torch.float64), 0
    for part in parts():
        x = of(part.cpu().double().transpose(0, 1).flatten(1))
        total, count = total + x.sum(1, keepdim=True), count + x.shape[1]
    return world.sum(total) / world.sum(torch.tensor(count))
