"""MNIST's files: a header of big-endian sizes, then one byte for each value; packed or not."""

from __future__ import annotations

import gzip
import io
import math
import struct
import zlib
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
_GZIP = b"\x1f\x8b"
_HINT = "delete it to have it downloaded anew"


def read(wanted: Wanted) -> Dataset:
    """What torchvision would read, checked; NetspecError for a file that cannot be right."""
    return fetched(wanted, _read)


def _read(kind: Any, folder: Path) -> Dataset | None:
    raw = folder / kind.__name__ / "raw"
    found = {name: _found(raw, name) for name in (Path(url).stem for url, _ in kind.resources)}
    if not all(found.values()):
        return None
    train, test = (_part(found, part, len(kind.classes)) for part in ("train", "t10k"))
    # torchvision calls the classes of MNIST "0 - zero" and so on.
    classes = tuple(name.partition(" - ")[0] for name in kind.classes)
    return Dataset(kind.__name__, train, test, classes)


def _found(raw: Path, name: str) -> Path | None:
    """The file of a name, which may have a dot in it and may be packed, in raw/ or above it."""
    dotted = name.replace("-idx", ".idx")
    names = [f"{one}{end}" for end in ("", ".gz") for one in (name, dotted)]
    places = [folder / one for folder in (raw, raw.parent) for one in names]
    there = [place for place in places if place.exists()]
    return next((place for place in there if place.is_file()), there[0] if there else None)


def _part(found: dict[str, Any], part: str, classes: int) -> Images:
    images, labels = (found[f"{part}-{name}-ubyte"] for name in ("images-idx3", "labels-idx1"))
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


def _unpacked(path: Path, data: bytes) -> bytes:
    """What is in a gzip file, whatever it is called."""
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            found = packed.read(_LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise NetspecError(f"{path} cannot be unpacked: {error}", _HINT) from None
    if len(found) > _LIMIT:
        raise NetspecError(f"{path} unpacks to more than {_LIMIT:,} bytes", _HINT)
    return found


def _values(path: Path, axes: int) -> Tensor:
    head = 4 + 4 * axes
    try:
        data = files.read(path, _LIMIT)
    except OSError as error:
        raise NetspecError(f"{path} cannot be read: {error.strerror}") from None
    if data[:2] == _GZIP:
        data = _unpacked(path, data)
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
