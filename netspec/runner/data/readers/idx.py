"""MNIST's files: a header of big-endian sizes, then one byte for each value."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.runner.data.download import fetched
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.wanted import Wanted

_LIMIT = 1 << 30
_HINT = "delete it to have it downloaded anew"


def read(wanted: Wanted) -> Dataset:
    """What torchvision would read, checked; NetspecError for a file that cannot be right."""
    return fetched(wanted, _read)


def _read(kind: Any, folder: Path) -> Dataset | None:
    raw = folder / kind.__name__ / "raw"
    if not all((raw / Path(url).stem).exists() for url, _ in kind.resources):
        return None
    train, test = (_part(raw, part, len(kind.classes)) for part in ("train", "t10k"))
    # torchvision calls the classes of MNIST "0 - zero" and so on.
    classes = tuple(name.partition(" - ")[0] for name in kind.classes)
    return Dataset(kind.__name__, train, test, classes)


def _part(folder: Path, part: str, classes: int) -> Images:
    images, labels = (folder / f"{part}-{name}-ubyte" for name in ("images-idx3", "labels-idx1"))
    pixels, targets = _values(images, 3), _values(labels, 1)
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


def _values(path: Path, axes: int) -> Tensor:
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
