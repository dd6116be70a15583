"""Class folders: what is read, and what is said of the files in them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from datasets import picture, read

from netspec.diagnostic import NetspecError

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 6 4\n(%pipe%touch ran) (w) file\n%%EOF\n"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-30])


def pack(*sizes: int) -> bytes:
    return struct.pack(f">{len(sizes)}I", *sizes)


def bomb(file: Path, side: int) -> None:
    """An image that is a few thousand times its file."""
    data = zlib.compress(bytes(1000), 9)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(len(body)) + kind + body + pack(zlib.crc32(kind + body))

    header = pack(side, side) + b"\x08\x02\x00\x00\x00"
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b""))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def test_reads_class_folders_in_order(folder: Path) -> None:
    found = read("folder", folder.parent, (3, 4, 6), 2, path=folder.name)
    assert found.classes == ("cat", "dog")
    assert found.train.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.train.pixels[1, :, 0, 0].tolist() == [255, 0, 1]
    assert (len(found.judge), found.judged) == (4, "test")


def test_reads_grey_where_the_network_does(folder: Path) -> None:
    assert read("folder", folder, (1, 4, 6), 2).train.pixels[0, 0, 0, 0] == 76


def test_resizes_where_told(folder: Path) -> None:
    picture(folder / "train" / "cat" / "9.png", (12, 12))
    with pytest.raises(NetspecError, match=r"9.png is 12 x 12, others are 6 x 4") as caught:
        read("folder", folder, (3, 4, 6), 2)
    assert "resize: true" in str(caught.value.help)
    found = read("folder", folder, (3, 5, 5), 2, resize=True)
    assert found.train.pixels.shape == (7, 3, 5, 5)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / "test").rename(f / "tests"), "no test/ or val/ in"),
        (lambda f: (f / "train").rename(f / "x"), "no train/ in"),
        (lambda f: picture(f / "test" / "cow" / "0.png"), "class that train/ has not: cow"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b"GIF89a"), "1.png is not an"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(b""), "1.png is not an image"),
        (lambda f: cut(f / "train" / "cat" / "1.png"), "1.png is not an image"),
        (lambda f: (f / "train" / "cat" / "1.png").write_bytes(EPS), "1.png is not an image"),
        (
            lambda f: bomb(f / "train" / "cat" / "1.png", 9000),
            "9000 x 9000, at most 50,000,000",
        ),
        (lambda f: bomb(f / "train" / "cat" / "1.png", 10000), "1.png is not an image"),
        (lambda f: bomb(f / "train" / "cat" / "1.png", 60000), "1.png is not an image"),
    ],
    ids=[
        "no-test",
        "no-train",
        "extra-class",
        "gif",
        "empty",
        "cut",
        "eps",
        "large",
        "larger",
        "largest",
    ],
)
def test_says_what_is_wrong_with_it(folder: Path, damage: Any, message: str) -> None:
    damage(folder)
    with pytest.raises(NetspecError, match=message):
        read("folder", folder, (3, 4, 6), 2)
