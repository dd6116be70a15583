"""Affine transforms of batches, a matrix for every sample."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional


def inverse_affine(
    degrees: Tensor, shift: tuple[Tensor, Tensor], zoom: Tensor, lean: tuple[Tensor, Tensor]
) -> Tensor:
    """(N, 2, 3): output to input pixel, both from the centre, as torchvision defines it."""
    turn = degrees * (math.pi / 180)
    sx, sy = (angle * (math.pi / 180) for angle in lean)
    a = torch.cos(turn - sy) / torch.cos(sy)
    b = -torch.cos(turn - sy) * torch.tan(sx) / torch.cos(sy) - torch.sin(turn)
    c = torch.sin(turn - sy) / torch.cos(sy)
    d = -torch.sin(turn - sy) * torch.tan(sx) / torch.cos(sy) + torch.cos(turn)
    linear = torch.stack((d, -b, -c, a), dim=-1).view(-1, 2, 2) / zoom[:, None, None]
    # Not a product of matrices, which a GPU may round.
    moved = -(linear * torch.stack(shift, dim=-1)[:, None]).sum(-1, keepdim=True)
    return torch.cat((linear, moved), dim=-1)


def warp(x: Tensor, matrix: Tensor, interpolation: str, fill: float) -> Tensor:
    """What each pixel reads through its sample's matrix, `fill` outside the image."""
    height, width = x.shape[-2:]
    rows = torch.arange(height, device=x.device, dtype=x.dtype) - (height - 1) / 2
    columns = torch.arange(width, device=x.device, dtype=x.dtype) - (width - 1) / 2
    # Not divided by a tensor of both: a GPU would wait until it came there.
    halves = torch.stack((matrix[:, 0] / (width / 2), matrix[:, 1] / (height / 2)), dim=1)
    across, down, moved = halves[:, None].unbind(-1)
    # A product of matrices this thin takes longer than all the rest.
    grid = (columns[:, None] * across)[:, None] + (rows[:, None] * down + moved)[:, :, None]
    if interpolation == "nearest":
        # Zeros are read outside, so what is shifted by the fill reads it there.
        shifted = x - fill if fill else x
        y = functional.grid_sample(shifted, grid, "nearest", align_corners=False)
        return y + fill if fill else y
    y = functional.grid_sample(x, grid, interpolation, align_corners=False)
    inside = functional.grid_sample(
        torch.ones_like(x[:, :1]), grid, interpolation, align_corners=False
    )
    return (y - fill) * inside + fill
