"""`torchvision.transforms.v2` on batches: one draw for every sample, no loop over samples.

torchvision's own classes draw once for a whole batch. Each function here takes pixels (N, C, H, W)
between 0 and 1, its draws, and the keyword arguments of the word that it is found by.
"""
# ruff: noqa: N802 (the names are torchvision's)

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from netspec.runner.data.warp import inverse_affine, warp
from netspec.runner.together.chance import Chance

Range = tuple[float, float]


def RandomHorizontalFlip(x: Tensor, chance: Chance, p: float) -> Tensor:
    return torch.where(_happens(chance, p), x.flip(-1), x)


def RandomVerticalFlip(x: Tensor, chance: Chance, p: float) -> Tensor:
    return torch.where(_happens(chance, p), x.flip(-2), x)


def RandomRotation(
    x: Tensor, chance: Chance, degrees: Range, interpolation: str, fill: float
) -> Tensor:
    angles = _uniform(x, chance, *degrees)
    zero = torch.zeros_like(angles)
    # torchvision's angle is counter-clockwise here and clockwise in an affine transform.
    matrix = inverse_affine(-angles, (zero, zero), torch.ones_like(angles), (zero, zero))
    return warp(x, matrix, interpolation, fill)


def RandomAffine(
    x: Tensor,
    chance: Chance,
    degrees: Range,
    translate: Range | None,
    scale: Range | None,
    shear: tuple[float, ...] | None,
    interpolation: str,
    fill: float,
) -> Tensor:
    height, width = x.shape[-2:]
    across, down = translate or (0.0, 0.0)
    angles = _uniform(x, chance, *degrees)
    shift = (
        _uniform(x, chance, -across * width, across * width).round(),
        _uniform(x, chance, -down * height, down * height).round(),
    )
    zoom = _uniform(x, chance, *(scale or (1.0, 1.0)))
    shears = (*(shear or ()), 0.0, 0.0, 0.0, 0.0)[:4]
    lean = _uniform(x, chance, *shears[:2]), _uniform(x, chance, *shears[2:])
    return warp(x, inverse_affine(angles, shift, zoom, lean), interpolation, fill)


def RandomCrop(
    x: Tensor,
    chance: Chance,
    size: tuple[int, int] | None,
    padding: int | None,
    fill: float,
    padding_mode: str,
) -> Tensor:
    height, width = size or x.shape[-2:]
    if padding:
        mode = {"edge": "replicate"}.get(padding_mode, padding_mode)
        value = {"value": fill} if mode == "constant" else {}
        x = functional.pad(x, (padding,) * 4, mode=mode, **value)
    top = _integers(chance, x.shape[-2] - height + 1)
    left = _integers(chance, x.shape[-1] - width + 1)
    rows = top[:, None] + torch.arange(height, device=x.device)
    columns = left[:, None] + torch.arange(width, device=x.device)
    samples = torch.arange(len(x), device=x.device)[:, None, None]
    # Indexes around a slice put its axis last.
    return x[samples, :, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


def RandomResizedCrop(
    x: Tensor,
    chance: Chance,
    size: tuple[int, int] | None,
    scale: Range,
    ratio: Range,
    interpolation: str,
) -> Tensor:
    height, width = x.shape[-2:]
    h, w, found = _rectangles(x, chance, scale, ratio, (height, width))
    # Where no draw fits, the largest piece of an allowed shape in the middle.
    wide, near = width / height, min(max(width / height, ratio[0]), ratio[1])
    h = torch.where(found, h, round(width / near) if wide < ratio[0] else height)
    w = torch.where(found, w, round(height * near) if wide > ratio[1] else width)
    top = torch.where(found, _integers(chance, height - h + 1), (height - h) // 2)
    left = torch.where(found, _integers(chance, width - w + 1), (width - w) // 2)

    def grid(start: Tensor, length: Tensor, full: int) -> Tensor:
        steps = (torch.arange(full, device=x.device, dtype=x.dtype) + 0.5) / full
        at = (length[:, None] * steps - 0.5).clamp(min=0).minimum(length[:, None] - 1)
        return (start[:, None] + at + 0.5) * (2 / full) - 1

    rows, columns = grid(top, h, height), grid(left, w, width)
    shape = (len(x), height, width)
    across, down = columns[:, None, :].expand(shape), rows[:, :, None].expand(shape)
    places = torch.stack((across, down), dim=-1)
    return functional.grid_sample(x, places, interpolation, "border", align_corners=False)


def RandomErasing(
    x: Tensor, chance: Chance, p: float, scale: Range, ratio: Range, value: float
) -> Tensor:
    height, width = x.shape[-2:]
    # torchvision's ratio is height over width here and width over height in a resized crop.
    ratio = (1 / ratio[1], 1 / ratio[0])
    h, w, found = _rectangles(x, chance, scale, ratio, (height - 1, width - 1))
    found &= _happens(chance, p).flatten()
    top = _integers(chance, height - h + 1)
    left = _integers(chance, width - w + 1)
    rows = torch.arange(height, device=x.device)
    columns = torch.arange(width, device=x.device)
    in_rows = (rows >= top[:, None]) & (rows < (top + h)[:, None])
    in_columns = (columns >= left[:, None]) & (columns < (left + w)[:, None])
    gone = in_rows[:, :, None] & in_columns[:, None, :] & found[:, None, None]
    return x.masked_fill(gone[:, None], value)


def ColorJitter(
    x: Tensor,
    chance: Chance,
    brightness: Range | None,
    contrast: Range | None,
    saturation: Range | None,
    hue: Range | None,
) -> Tensor:
    if brightness:
        x = (x * _factor(x, chance, brightness)).clamp(0, 1)
    if contrast:
        mean = _grey(x).mean((1, 2, 3), keepdim=True)
        x = torch.lerp(mean, x, _factor(x, chance, contrast)).clamp(0, 1)
    if saturation and x.shape[1] == 3:
        x = torch.lerp(_grey(x), x, _factor(x, chance, saturation)).clamp(0, 1)
    if hue and x.shape[1] == 3:
        x = _turned(x, _uniform(x, chance, *hue)[:, None, None])
    return x


def RandomGrayscale(x: Tensor, chance: Chance, p: float) -> Tensor:
    happens = _happens(chance, p)
    return torch.where(happens, _grey(x), x) if x.shape[1] == 3 else x


def _uniform(x: Tensor, chance: Chance, low: float, high: float) -> Tensor:
    return chance.draw(dtype=x.dtype) * (high - low) + low


def _integers(chance: Chance, limit: int | Tensor) -> Tensor:
    """One of 0 to limit - 1 for each sample."""
    return (chance.draw() * limit).long()


def _happens(chance: Chance, p: float) -> Tensor:
    return chance.draw(1, 1, 1) < p


def _factor(x: Tensor, chance: Chance, between: Range) -> Tensor:
    return _uniform(x, chance, *between)[:, None, None, None]


def _grey(x: Tensor) -> Tensor:
    if x.shape[1] != 3:
        return x.mean(1, keepdim=True)
    red, green, blue = torch.split(x, 1, dim=1)
    return red * 0.2989 + green * 0.587 + blue * 0.114


def _turned(x: Tensor, by: Tensor) -> Tensor:
    """The colours of (N, 3, H, W), turned by shares of the colour wheel."""
    red, green, blue = x.unbind(1)
    most, least = x.amax(1), x.amin(1)
    spread = most - least
    # What has no colour stays as it is, whatever the hue.
    over = torch.where(spread == 0, 1, spread)
    from_red, from_green = (green - blue) / over, (blue - red) / over + 2
    last = torch.where(most == green, from_green, (red - green) / over + 4)
    sixths = torch.where(most == red, from_red, last) + 6 * by
    parts = ((sixths + start).remainder(6) for start in (5, 3, 1))
    return torch.stack([most - spread * torch.minimum(k, 4 - k).clamp(0, 1) for k in parts], 1)


def _rectangles(
    x: Tensor, chance: Chance, scale: Range, ratio: Range, limit: tuple[int, int]
) -> tuple[Tensor, Tensor, Tensor]:
    """Height, width, and whether one of ten draws was within the limit, for each sample."""
    drawn = chance.draw(2, 10).unbind(1)
    area = x.shape[-2] * x.shape[-1] * (drawn[0] * (scale[1] - scale[0]) + scale[0])
    low, high = math.log(ratio[0]), math.log(ratio[1])
    wide = (drawn[1] * (high - low) + low).exp()
    h, w = (area / wide).sqrt().round().long(), (area * wide).sqrt().round().long()
    fits = (h > 0) & (h <= limit[0]) & (w > 0) & (w <= limit[1])
    first = fits.int().argmax(1, keepdim=True)
    found = fits.gather(1, first).squeeze(1)
    return h.gather(1, first).squeeze(1), w.gather(1, first).squeeze(1), found
