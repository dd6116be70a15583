"""`MixUp` and `CutMix` on batches: one draw for every sample, where torchvision has one for all.

Each function takes samples, the ones that they meet, its draws, and the keyword arguments of the
word that it is found by, and gives the mixed samples and the share (N,) that each kept of itself.
"""
# ruff: noqa: N802 (the names are torchvision's)

from __future__ import annotations

import torch
from torch import Tensor

from netspec.runner.together.chance import Chance


def MixUp(x: Tensor, other: Tensor, chance: Chance, alpha: float) -> tuple[Tensor, Tensor]:
    own = chance.beta(alpha)
    weight = own.to(x.dtype).view(-1, *(1 for _ in x.shape[1:]))
    return torch.lerp(other, x, weight), own


def CutMix(x: Tensor, other: Tensor, chance: Chance, alpha: float) -> tuple[Tensor, Tensor]:
    height, width = x.shape[-2:]
    half = 0.5 * (1 - chance.beta(alpha)).sqrt()
    left, right = _span(chance, half, width)
    top, bottom = _span(chance, half, height)
    rows = torch.arange(height, device=x.device)
    columns = torch.arange(width, device=x.device)
    in_rows = (rows >= top[:, None]) & (rows < bottom[:, None])
    in_columns = (columns >= left[:, None]) & (columns < right[:, None])
    inside = in_rows[:, :, None] & in_columns[:, None, :]
    # What is cut off at the borders is not taken from the label either.
    own = 1 - ((right - left) * (bottom - top)).double() / (height * width)
    return torch.where(inside[:, None], other, x), own


def _span(chance: Chance, half: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Where the rectangle begins and ends along an axis, around any of its pixels."""
    middle, reach = (chance.draw() * length).long(), (half * length).long()
    return (middle - reach).clamp(min=0), (middle + reach).clamp(max=length)
