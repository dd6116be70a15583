"""Images of any size in that of a network."""

from __future__ import annotations

import numpy

from netspec.runner.data.decode import Pixels


def framed(pixels: Pixels, size: tuple[int, ...]) -> Pixels:
    """(C, H, W) from the largest part in the middle that has the proportions of `size`, (H, W).

    For a square it is as wide and high as the shorter side; bilinear.
    """
    from PIL import Image

    grey = len(pixels) == 1
    image = Image.fromarray(
        pixels[0] if grey else numpy.ascontiguousarray(pixels.transpose(1, 2, 0))
    )
    height, width = size
    scale = min(image.height / height, image.width / width)
    left, top = (image.width - width * scale) / 2, (image.height - height * scale) / 2
    box = (left, top, left + width * scale, top + height * scale)
    part = numpy.asarray(image.resize((width, height), Image.Resampling.BILINEAR, box))
    return part[None] if grey else part.transpose(2, 0, 1)
