"""Images of any size in that of a network, and masks of it over the image again."""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import NDArray

from netspec.runner.data.decode import Pixels


class Box(NamedTuple):
    """A part of an image, in its pixels."""

    left: float
    top: float
    width: float
    height: float


def frame(shape: tuple[int, ...], size: tuple[int, ...]) -> Box:
    """The largest part in the middle of (…, H, W) that has the proportions of `size`, (H, W)."""
    height, width = size
    scale = min(shape[-2] / height, shape[-1] / width)
    left, top = (shape[-1] - width * scale) / 2, (shape[-2] - height * scale) / 2
    return Box(left, top, width * scale, height * scale)


def framed(pixels: Pixels, size: tuple[int, ...]) -> Pixels:
    """(C, H, W) from that part, bilinear; for a square it is as wide as the shorter side."""
    from PIL import Image

    grey = len(pixels) == 1
    image = Image.fromarray(
        pixels[0] if grey else numpy.ascontiguousarray(pixels.transpose(1, 2, 0))
    )
    left, top, wide, high = frame(pixels.shape, size)
    box = (left, top, left + wide, top + high)
    part = numpy.asarray(image.resize((size[1], size[0]), Image.Resampling.BILINEAR, box))
    return part[None] if grey else part.transpose(2, 0, 1)


def over(mask: Pixels, size: tuple[int, int], box: Box, outside: int) -> Pixels:
    """(H, W) of `size`: in the box the nearest pixel of the mask, and `outside` around it."""
    found = numpy.full(size, outside, numpy.uint8)
    rows, high = _read(size[0], box.top, box.height, mask.shape[0])
    columns, wide = _read(size[1], box.left, box.width, mask.shape[1])
    found[numpy.ix_(high, wide)] = mask[numpy.ix_(rows[high], columns[wide])]
    return found


def _read(
    length: int, start: float, part: float, count: int
) -> tuple[NDArray[numpy.int64], NDArray[numpy.bool_]]:
    """Which of `count` pixels is below the middle of each of `length`, and whether one is."""
    at = numpy.floor((numpy.arange(length) + 0.5 - start) * (count / part)).astype(numpy.int64)
    return at, (at >= 0) & (at < count)
