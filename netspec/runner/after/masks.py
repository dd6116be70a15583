"""Masks as pictures: files with a palette, and images beside what is true and what was answered."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from netspec.diagnostic import UsageError
from netspec.disk import files, output
from netspec.runner.after.pictures import _figure, _png, _short
from netspec.runner.after.trained import Trained
from netspec.runner.data.decode import SUFFIXES
from netspec.runs.overlap import Areas, Overlap

_LEGEND = 20
"""Classes up to which colours are told."""


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


def draw(
    path: Path, title: str, pixels: Tensor, truth: Tensor, answers: Tensor, judgement: Overlap
) -> None:
    """A line for each image, (N, C, H, W): the image, its mask, the answer; masks are (N, H, W)."""
    from matplotlib.patches import Patch

    colors = torch.from_numpy(palette())
    images = pixels[:, :3].expand(-1, 3, -1, -1).movedim(1, -1)
    rows = torch.stack([images, colors[truth.long()], colors[answers.long()]], dim=1)
    count, _, height, width, _ = rows.shape
    frame = max(width // 32, 1)
    white = torch.full((count, 3, height + frame, width + frame, 3), 255, dtype=torch.uint8)
    white[:, :, :height, :width] = rows
    whole = white.permute(0, 2, 1, 3, 4).flatten(2, 3).flatten(0, 1)[:-frame, :-frame]
    side = 1.5
    named = judgement.classes[:_LEGEND]
    figure = _figure(3 * side + 1.6, count * side * height / width + 0.7)
    axes = figure.subplots()
    axes.imshow(whole.numpy(), interpolation="nearest")
    axes.set_axis_off()
    for column, name in enumerate(("image", "true", "answer")):
        x = column * (width + frame) + width / 2
        axes.text(x, -frame - 1, name, ha="center", va="bottom", fontsize=9)
    keys: list[Any] = [
        Patch(facecolor="#" + bytes(colors[i]).hex(), edgecolor="#8a8f98", label=_short(name))
        for i, name in enumerate(named)
    ]
    legend = axes.legend(
        handles=keys, frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0)
    )
    for text in legend.get_texts():
        text.set_parse_math(False)
    told = f"{title}: mean IoU {judgement.mean_iou:.2%} in {judgement.part}"
    files.replace(path, _png(figure, told))
