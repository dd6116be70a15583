"""Data sets as a spec names them, and files for them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PIL import Image

from netspec.language.training import Data
from netspec.runner.data.datasets import load
from netspec.runner.data.images import Dataset


def read(
    dataset: str, folder: Path, shape: tuple[int, ...], classes: int, split: int = 0, **more: Any
) -> Dataset:
    data = Data.model_validate({"dataset": dataset, **more})
    return load(data, folder, shape, (classes,), split)


def picture(path: Path, size: tuple[int, int] = (6, 4), color: Any = (255, 0, 51)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)


def _packed(values: NDArray[Any], bits: int, order: str) -> list[bytes]:
    """The rows of (H, W) or (H, W, C) with so many bits for each number, whole bytes a row."""
    rows = values.reshape(len(values), -1)
    if bits >= 8 and bits % 8 == 0:
        return [row.astype(f"{order}u{bits // 8}").tobytes() for row in rows]
    texts = ["".join(f"{int(value):0{bits}b}" for value in row) for row in rows]
    texts = [text + "0" * (-len(text) % 8) for text in texts]
    return [int(text, 2).to_bytes(len(text) // 8, "big") for text in texts]


def png(values: NDArray[Any], bits: int) -> bytes:
    """A PNG file of (H, W), or of (H, W, C) with 2 (grey), 3 or 4 channels, as they are."""
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[values.shape[2] if values.ndim == 3 else 1]
    height, width = values.shape[:2]

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in _packed(values, bits, ">")))
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def tiff(
    values: NDArray[Any],
    bits: int,
    photometric: int = 1,
    sample: int = 1,
    order: str = "<",
    more: Sequence[tuple[int, int, Sequence[int]]] = (),
) -> bytes:
    """A TIFF file of (H, W) or (H, W, C); `sample` is 1 for unsigned, 2 signed, 3 floats."""
    height, width = values.shape[:2]
    channels = values.shape[2] if values.ndim == 3 else 1
    if sample == 3:
        data = values.astype(f"{order}f{bits // 8}").tobytes()
    else:
        data = b"".join(_packed(values, bits, order))
    tags = sorted([
        (256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * channels), (259, 3, [1]),
        (262, 3, [photometric]), (273, 4, [8]), (277, 3, [channels]), (278, 3, [height]),
        (279, 4, [len(data)]), (339, 3, [sample] * channels), *more,
    ])  # fmt: skip
    data += b"\0" * (len(data) % 2)
    place = 8 + len(data)
    behind = place + 2 + 12 * len(tags) + 4
    entries, values_behind = b"", b""
    for tag, kind, numbers in tags:
        packed = struct.pack(f"{order}{len(numbers)}{'H' if kind == 3 else 'I'}", *numbers)
        if len(packed) > 4:
            at, values_behind = behind + len(values_behind), values_behind + packed
            packed = struct.pack(f"{order}I", at)
        entries += struct.pack(f"{order}HHI", tag, kind, len(numbers)) + packed.ljust(4, b"\0")
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", place)
    count = struct.pack(f"{order}H", len(tags))
    return head + data + count + entries + bytes(4) + values_behind
