"""Masks as PNG files with a palette."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy
from numpy.typing import NDArray

from netspec.diagnostic import UsageError
from netspec.disk import output
from netspec.runner.after.trained import Trained
from netspec.runner.data.decode import SUFFIXES
from netspec.runs.overlap import Areas


def palette() -> NDArray[numpy.uint8]:
    """(256, 3), the colours of Pascal VOC: black, dark red, dark green, …; 255 is nearly white."""
    index = numpy.arange(256)
    colors = numpy.zeros((256, 3), numpy.uint8)
    for bit in range(8):
        for channel in range(3):
            colors[:, channel] |= ((index >> (3 * bit + channel) & 1) << (7 - bit)).astype("uint8")
    return colors


def check(run: Trained, images: Sequence[Path], folder: Path) -> None:
    """Make the folder; UsageError where no mask of each image can go into it.

    An image is never written over by its mask.
    """
    if not run.plan.task.traits.dense:
        message = f"{run.folder.as_posix()} gives no masks: its task is {run.plan.task.name}"
        raise UsageError(message, "leave --out out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot write into {folder.as_posix()}: {(error.strerror or '').lower()}"
        raise UsageError(message, "name another folder") from None
    taken: dict[Path, Path] = {}
    for image in images:
        file = _place(image, folder)
        if file in taken:
            message = f"the masks of {taken[file]} and {image} would both be {file}"
            raise UsageError(message, "a folder for each")
        taken[file] = image
        if file.exists() and any(one.exists() and file.samefile(one) for one in images):
            raise UsageError(f"{file} is an image that is read", "name another folder")
        output.free(file)


def write(answers: Sequence[Areas], folder: Path) -> list[Areas]:
    """The same once the mask of each is a PNG file in the folder."""
    found = []
    for one in answers:
        place = _place(one.file, folder)
        output.write(place, png(numpy.frombuffer(one.mask, numpy.uint8).reshape(one.size)))
        found.append(one._replace(written=place))
    return found


def _place(image: Path, folder: Path) -> Path:
    stem = image.stem if image.suffix.lower() in SUFFIXES else image.name
    return folder / f"{stem}.png"


def png(mask: NDArray[numpy.uint8]) -> bytes:
    """A PNG file of (H, W) with a palette."""
    from PIL import Image

    image = Image.fromarray(mask)
    # Of all 256 colours: with fewer Pillow writes fewer bits, which do not hold 255.
    image.putpalette(palette().tobytes())
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
