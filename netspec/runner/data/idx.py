"""MNIST's files: a header of big-endian sizes, then one byte for each value."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import torch
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.runner.data.images import Images

_LIMIT = 1 << 30
_HINT = "delete it to have it downloaded anew"


def read(folder: Path, part: str, classes: int) -> Images:
    """Return the images of `part`, train or t10k; NetspecError for a file that cannot be right."""
    images, labels = (folder / f"{part}-{name}-ubyte" for name in ("images-idx3", "labels-idx1"))
    pixels, targets = _read(images, 3), _read(labels, 1)
    if len(pixels) != len(targets):
        message = f"{labels} has {len(targets):,} labels, {images.name} {len(pixels):,} images"
        raise NetspecError(message, "delete both to have them downloaded anew")
    if len(targets) and int(targets.max()) >= classes:
        index = int(targets.argmax())
        message = (
            f"{labels}: label {int(targets[index])} at {index:,}, at most {classes - 1} expected"
        )
        raise NetspecError(message, _HINT)
    return Images(pixels.unsqueeze(1), targets.long())


def _read(path: Path, axes: int) -> Tensor:
    head = 4 + 4 * axes
    try:
        data = files.read(path, _LIMIT)
    except OSError as error:
        raise NetspecError(f"{path} cannot be read: {error.strerror}") from None
    magic = data[:4].hex()
    if magic != f"0000080{axes}":
        raise NetspecError(
            f"{path} begins with {magic or 'nothing'}, 0000080{axes} expected", _HINT
        )
    if len(data) < head:
        raise NetspecError(f"{path} is {len(data):,} bytes, its header is {head}", _HINT)
    sizes = struct.unpack(f">{axes}I", data[4:head])
    expected = head + math.prod(sizes)
    if len(data) != expected:
        text = " x ".join(f"{size:,}" for size in sizes)
        message = f"{path} is {len(data):,} bytes, its header says {text}: {expected:,} expected"
        raise NetspecError(message, _HINT)
    if not math.prod(sizes):
        raise NetspecError(f"{path} holds nothing", _HINT)
    return torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=head).view(sizes)
