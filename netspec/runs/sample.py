"""One image of a data set, as an address with all of its data, read without torch."""

from __future__ import annotations

import gzip
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from netspec.diagnostic import NetspecError, UsageError
from netspec.disk import files
from netspec.language.training.data import Data

MOST = 2_000_000
"""Bytes that an image file may have."""
_HEADS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
_LOOKED_AT = 1000


def of_file(path: Path) -> str:
    """The address of an image file, as it is; UsageError for what is none that browsers show."""
    try:
        found = files.read(path, MOST)
    except OSError as error:
        raise UsageError(f"{path.as_posix()} cannot be read: {error.strerror or error}") from None
    except NetspecError as error:
        raise UsageError(str(error), error.help) from None
    kind = next((kind for head, kind in _HEADS.items() if found.startswith(head)), None)
    if kind is None or (kind == "webp" and found[8:12] != b"WEBP"):
        message = f"{path.as_posix()} is no PNG, JPEG, GIF or WebP file"
        raise UsageError(message, "an image that browsers show")
    return _address(kind, found)


def of(data: Data, place: Path) -> str | None:
    """The address of the first image that is found of a data set below a folder.

    None where there is none, or none that can be read without its own library.
    """
    reader, name = data.dataset.traits.reader, data.dataset.name
    with suppress(OSError, EOFError, zlib.error, ValueError, struct.error, UsageError):
        if reader == "digits":
            return _digit()
        if reader == "idx":
            return _idx(place / name)
        root = place / data.path if "path" in data.dataset.traits.keys else place / name.lower()
        first = next(_images(root), None)
        return of_file(first) if first else None
    return None


def _images(root: Path) -> Iterator[Path]:
    """Image files of class folders, those of test/ first."""
    for part in ("test", "train"):
        if (root / part).is_dir():
            for folder in sorted(islice((root / part).iterdir(), _LOOKED_AT)):
                if folder.is_dir():
                    for file in sorted(islice(folder.iterdir(), _LOOKED_AT)):
                        if file.suffix.lower() in (".png", ".jpg", ".jpeg", ".gif", ".webp"):
                            yield file


def _idx(folder: Path) -> str | None:
    """The first test image, else the first for training, of files as MNIST has them."""
    for part in ("t10k", "train"):
        for place in (folder / "raw", folder):
            for dot in ("-", "."):
                for end in ("", ".gz"):
                    file = place / f"{part}-images{dot}idx3-ubyte{end}"
                    if file.is_file():
                        with gzip.open(file) if end else file.open("rb") as opened:
                            magic, _, rows, columns = struct.unpack(">4I", opened.read(16))
                            pixels = opened.read(min(rows * columns, MOST))
                        if magic == 0x803 and 0 < len(pixels) == rows * columns:
                            return _address("png", grey(pixels, columns))
    return None


def _digit() -> str | None:
    """The first of scikit-learn's digits, from its file: 64 grey levels of 0 to 16 in a line."""
    found = find_spec("sklearn")
    for folder in found.submodule_search_locations or () if found else ():
        with gzip.open(Path(folder) / "datasets" / "data" / "digits.csv.gz", "rt") as lines:
            levels = [float(one) for one in next(lines).split(",")[:64]]
        return _address("png", grey(bytes(round(one * 255 / 16) for one in levels), 8))
    return None


def grey(pixels: bytes, columns: int) -> bytes:
    """A PNG file of grey pixels, row by row."""
    rows = [pixels[i : i + columns] for i in range(0, len(pixels), columns)]
    header = struct.pack(">2I5B", columns, len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(inside))
        + name
        + inside
        + struct.pack(">I", zlib.crc32(name + inside))
        for name, inside in chunks
    )


def _address(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{b64encode(data).decode()}"
