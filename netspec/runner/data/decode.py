"""Image file → pixels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError

Pixels = NDArray[numpy.uint8]
SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))

FORMATS = ("BMP", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000
"""Of one image, so that a small file cannot take all memory."""


def decode(file: Path, shape: tuple[int, ...], resize: bool) -> Pixels:
    """The image in `shape`, (C, H, W), where need be and allowed by resizing it."""
    pixels = opened(file, shape[0] == 1, shape[1:] if resize else None)
    if pixels.shape != shape:
        message = f"{file} is {_size(pixels.shape)}, others are {_size(shape)}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    return pixels


def opened(file: Path, grey: bool, size: tuple[int, ...] | None) -> Pixels:
    """The image as (C, H, W), in the size that it has where none is given."""
    from PIL import Image, UnidentifiedImageError

    try:
        # Formats are named, for the others start programs or read other files.
        with _strictly(), Image.open(file, formats=FORMATS) as stored:
            if stored.width * stored.height > MAX_PIXELS:
                size_text = f"{stored.width} x {stored.height}"
                raise ValueError(f"{size_text}, at most {MAX_PIXELS:,} pixels are read")
            image = stored.convert("L" if grey else "RGB")
    except UnidentifiedImageError:
        raise NetspecError(f"{file} is not an image that can be read") from None
    except Exception as error:  # decoders of hostile bytes raise whatever they like
        reason = getattr(error, "strerror", None) or error
        raise NetspecError(f"{file} is not an image that can be read: {reason}") from None
    if size and image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    pixels: Pixels = numpy.asarray(image)
    return pixels[None] if grey else pixels.transpose(2, 0, 1)


@contextmanager
def _strictly() -> Iterator[None]:
    """Raise what Pillow warns of, but for what is about its own code and no fault of the file."""
    with warnings.catch_warnings(action="error"):
        for kind in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", kind)
        yield


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[2]} x {shape[1]}"
