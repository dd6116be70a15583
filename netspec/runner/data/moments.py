"""Mean and standard deviation of pixels, from how often each value is there."""

from __future__ import annotations

import torch
from torch import Tensor


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
