"""Mask file → the class of each pixel, beside the image that it is of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy

from netspec.diagnostic import NetspecError
from netspec.runner.data.augment import LEFT_OUT
from netspec.runner.data.decode import Pixels, content, picture, pixels, resized, size_text

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = frozenset((".png",))
_HINT = "a mask is a PNG file, grey or with a palette: the index of a class in each pixel"
_BITS, _KIND = 24, 25
"""Where a PNG file says how many bits a number has, and what it stands for."""
_GREY, _PALETTE = 0, 3


class Pair(NamedTuple):
    """Files of an image and of its mask."""

    image: Path
    mask: Path

    def contents(self) -> tuple[bytes, bytes]:
        return content(self.image), content(self.mask)


class Way(NamedTuple):
    """How pairs are read."""

    shape: tuple[int, ...]
    """(C, H, W) of the image; the mask is (H, W)."""
    classes: int
    resize: bool
    """Whether both are brought to that."""
    upright: bool

    def read(self, pair: Pair, image: bytes, mask: bytes) -> tuple[Pixels, Pixels]:
        """Image and mask of what the files have; NetspecError where they do not go together."""
        x = pixels(image, pair.image, self.shape[0] == 1, None, self.upright)
        y = indexes(mask, pair.mask, self.upright)
        if x.shape[1:] != y.shape[1:]:
            message = f"{pair.mask} is {size_text(y.shape)}, {pair.image} {size_text(x.shape)}"
            raise NetspecError(message, "a mask has a pixel for each of its image's")
        self._check(y[0], pair.mask)
        if not self.resize and x.shape != self.shape:
            message = f"{pair.image} is {size_text(x.shape)}, others are {size_text(self.shape)}"
            raise NetspecError(message, "resize: true brings all to the network's input")
        size = self.shape[1:]
        return resized(x, size), resized(y.astype(numpy.uint8), size, nearest=True)[0]

    def _check(self, mask: Pixels, file: Path) -> None:
        for row, column in numpy.argwhere((mask >= self.classes) & (mask != LEFT_OUT)):
            wrong = f"{mask[row, column]} in row {row}, column {column}"
            message = f"{file} has {wrong}, and the network gives {self.classes} classes"
            hint = f"classes are 0 to {self.classes - 1}, {LEFT_OUT} is left out"
            raise NetspecError(message, hint)


def indexes(data: bytes, file: Path, upright: bool) -> Pixels:
    """(1, H, W), the numbers in a mask as they were written; NetspecError where there are none."""

    def made(stored: Image.Image) -> Image.Image:
        if stored.format != "PNG" or data[_KIND] not in (_GREY, _PALETTE):
            what = stored.mode if stored.format == "PNG" else stored.format
            raise NetspecError(f"{file} is {what}, and no mask", _HINT)
        stored.load()
        return stored

    values = numpy.asarray(picture(data, file, upright, made))[None] * numpy.uint8(1)
    bits = data[_BITS]
    # Pillow spreads grey of few bits over all that eight have.
    spread = data[_KIND] == _GREY and 1 < bits < 8
    return values // (255 // (2**bits - 1)) if spread else values
