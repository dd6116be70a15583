"""Image file → pixels."""

from __future__ import annotations

import io
import os
import stat
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy
from numpy.typing import NDArray

from netspec.diagnostic import NetspecError

if TYPE_CHECKING:
    from PIL import Image

Pixels = NDArray[numpy.uint8]
SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"))
READABLE = ", ".join(sorted(suffix[1:] for suffix in SUFFIXES))
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000
"""Of one image, so that a small file cannot take all memory."""
_MAX_BYTES = 1 << 29
_NONBLOCK: int = getattr(os, "O_NONBLOCK", 0)
_ORIENTATION, _BITS = 0x0112, 258
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_SAMPLE_FORMAT, _SIGNED = 339, 2
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE",
    6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90",
}  # fmt: skip
"""What brings an image of each EXIF orientation upright, by Pillow's names."""


def content(file: Path) -> bytes:
    """What is in the file; NetspecError where none can be read that an image could be in."""
    try:
        with open(file, "rb", opener=_careful) as stored:
            if not stat.S_ISREG(os.fstat(stored.fileno()).st_mode):
                raise OSError("it is no regular file")
            data = stored.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error) from None
    if len(data) > _MAX_BYTES:
        raise _unreadable(file, ValueError(f"it is larger than {_MAX_BYTES:,} bytes"))
    return data


def decoded(data: bytes, file: Path, shape: tuple[int, ...], resize: bool, upright: bool) -> Pixels:
    """The image of `file` in `shape`, (C, H, W), where need be and allowed by resizing it."""
    found = pixels(data, file, shape[0] == 1, shape[1:] if resize else None, upright)
    if found.shape != shape:
        message = f"{file} is {size_text(found.shape)}, others are {size_text(shape)}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    return found


def opened(file: Path, grey: bool, size: tuple[int, ...] | None, upright: bool) -> Pixels:
    """The image as (C, H, W), in the size that it has where none is given.

    It is turned as its EXIF orientation says where it is to be `upright`.
    """
    return pixels(content(file), file, grey, size, upright)


def pixels(
    data: bytes, file: Path, grey: bool, size: tuple[int, ...] | None, upright: bool
) -> Pixels:
    """What `opened` gives, from what is in the file."""
    mode = "L" if grey else "RGB"
    image = picture(data, file, upright, lambda stored: _eight_bits(stored).convert(mode))
    found: Pixels = numpy.asarray(image)
    return resized(found[None] if grey else found.transpose(2, 0, 1), size)


def picture(
    data: bytes, file: Path, upright: bool, made: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """What is `made` of the image in a file; NetspecError where there is none to be read."""
    from PIL import Image, UnidentifiedImageError

    try:
        # Formats are named, for the others start programs or read other files.
        with _quietly(), Image.open(io.BytesIO(data), formats=FORMATS) as stored:
            if stored.width * stored.height > MAX_PIXELS:
                size = f"{stored.width} x {stored.height}"
                raise ValueError(f"{size}, at most {MAX_PIXELS:,} pixels are read")
            image = made(stored)
            turn = _turn(stored) if upright else None
    except UnidentifiedImageError:
        raise NetspecError(f"{file} is not an image that can be read") from None
    except _NoRange as error:
        message = f"{file} has {error}, and nothing says which of them is white"
        raise NetspecError(message, "save it with 8 or 16 bits for each channel") from None
    except NetspecError:
        raise
    except Exception as error:  # decoders of hostile bytes raise whatever they like
        raise _unreadable(file, error) from None
    return image.transpose(Image.Transpose[turn]) if turn else image


def resized(pixels: Pixels, size: tuple[int, ...] | None, nearest: bool = False) -> Pixels:
    """(C, H, W) in that size, or as it is where there is none; bilinear, or the nearest pixel."""
    from PIL import Image

    if size is None or pixels.shape[1:] == size:
        return pixels
    how = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    grey = len(pixels) == 1
    image = Image.fromarray(
        pixels[0] if grey else numpy.ascontiguousarray(pixels.transpose(1, 2, 0))
    )
    found: Pixels = numpy.asarray(image.resize((size[1], size[0]), how))
    return found[None] if grey else found.transpose(2, 0, 1)


class _NoRange(Exception):
    """Numbers that may mean anything."""


def _eight_bits(stored: Image.Image) -> Image.Image:
    """The image where its values are of 8 bits, else their 8 highest bits.

    Pillow reads 16 bits of colour so itself, and cuts grey ones off above 255.
    """
    from PIL import Image

    stored.load()
    tags: Any = getattr(stored, "tag_v2", {})
    if stored.mode.startswith("I;16"):
        (bits,) = tags.get(_BITS, (16,))
    elif stored.mode == "I" and stored.format == "PPM":
        bits = 16  # it is brought to that, whatever its header says is white
    elif stored.mode in ("I", "F"):
        raise _NoRange("floats" if stored.mode == "F" else "signed or 32-bit numbers")
    elif _SIGNED in tags.get(_SAMPLE_FORMAT, ()):
        raise _NoRange("signed numbers")
    else:
        # Pillow knows no way from it to grey.
        return stored.convert("RGB") if stored.mode == "LAB" else stored
    values = numpy.asarray(stored) >> (bits - 8)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        values = 255 - values
    return Image.fromarray(values.astype(numpy.uint8))


def _turn(stored: Image.Image) -> str | None:
    """What brings a loaded image upright; None where it is, or does not say."""
    try:
        return _UPRIGHT.get(stored.getexif().get(_ORIENTATION, 1))
    except Exception:  # as bad as other bytes, and no part of the picture
        return None


@contextmanager
def _quietly() -> Iterator[None]:
    """Raise what Pillow warns of as dangerous; the rest is about metadata, or its own code."""
    from PIL import Image

    with warnings.catch_warnings(action="ignore"):
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def _careful(name: str, flags: int) -> int:
    """Open without waiting for the other end of a pipe."""
    return os.open(name, flags | _NONBLOCK)


def _unreadable(file: Path, error: Exception) -> NetspecError:
    reason = getattr(error, "strerror", None) or error
    return NetspecError(f"{file} is not an image that can be read: {reason}")


def size_text(shape: tuple[int, ...]) -> str:
    """Width and height of (…, H, W)."""
    return f"{shape[-1]} x {shape[-2]}"
