"""Every kind of image file is read as what it shows, or refused by name."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import pytest
from datasets import png, tiff
from numpy.typing import NDArray
from PIL import ExifTags, Image

from netspec.diagnostic import NetspecError
from netspec.runner.data.decode import opened

Values = NDArray[Any]
GREY: Values = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)
"""Every grey there is."""
NO_RANGE = "nothing says which of them is white"


def image(mode: str) -> Image.Image:
    """The greys as Pillow has them in a mode."""
    if mode == "F":
        return Image.fromarray(GREY.astype("f4") / 255)
    if mode == "I":
        return Image.fromarray(GREY.astype("i4") * 257)
    if mode.startswith("I;16"):
        order = ">" if mode.endswith("B") else "<"
        return Image.frombytes(mode, (16, 16), (GREY * numpy.uint16(257)).astype(f"{order}u2"))
    if mode == "LAB":
        white = GREY > 127
        return Image.frombytes(mode, (16, 16), numpy.stack([white * 255, white * 0, white * 0], -1)
                               .astype("u1"))  # fmt: skip
    grey = Image.fromarray(GREY)
    between = {"La": "LA", "PA": "P", "RGBa": "RGBA", "HSV": "RGB"}.get(mode)
    return (grey.convert(between) if between else grey).convert(mode)


MODES = {
    "png": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "I;16B"),
    "tif": (
        "1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "I;16", "I;16B",
        "I;16L", "I", "F",
    ),
    "jpg": ("1", "L", "RGB", "RGBX", "CMYK", "YCbCr"),
    "bmp": ("1", "L", "P", "RGB", "RGBA"),
    "ppm": ("1", "L", "RGB", "RGBA", "I", "I;16", "F"),
    "webp": ("L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr"),
}  # fmt: skip
"""What Pillow writes in each format as it is."""
REFUSED = {("tif", "I"), ("tif", "F"), ("ppm", "F")}
WRITTEN = [(suffix, mode) for suffix, modes in MODES.items() for mode in modes]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("suffix", "mode"), WRITTEN)
def test_what_pillow_writes_in_a_mode_is_right_or_refused(
    tmp_path: Path, suffix: str, mode: str, channels: int
) -> None:
    file = tmp_path / f"a.{suffix}"
    try:
        image(mode).save(file)
        with Image.open(file) as written:
            written.load()
    except (KeyError, OSError):
        pytest.skip(f"this version of Pillow does not write {mode} so that it can read it")
    if (suffix, mode) in REFUSED:
        with pytest.raises(NetspecError, match=NO_RANGE) as caught:
            opened(file, channels == 1, None, upright=True)
        assert str(file) in str(caught.value)
        assert "8 or 16 bits" in str(caught.value.help)
        return
    found = opened(file, channels == 1, None, upright=True)
    assert found.dtype == numpy.uint8
    assert found.shape == (channels, 16, 16)
    wanted = numpy.asarray(image("1")) * 255 if mode == "1" else GREY
    wanted = (GREY > 127) * 255 if mode == "LAB" else wanted
    lossy = suffix in ("jpg", "webp")
    around = 40 if lossy and mode == "1" else 6 if lossy else 1 if mode == "LAB" else 0
    assert numpy.abs(found.astype(int) - wanted).max() <= around


def scaled(bits: int) -> Values:
    """The greys in so many bits."""
    return GREY.astype(numpy.uint32) * (2**bits - 1) // 255


def pgm(bits: int, letters: bool = False) -> bytes:
    """Numbers of which the largest has so many bits."""
    values, top = scaled(bits), 2**bits - 1
    if letters:
        return b"P2 16 16 %d\n" % top + " ".join(map(str, values.flatten())).encode()
    return b"P5 16 16 %d\n" % top + values.astype(">u2" if top > 255 else "u1").tobytes()


def several(count: int) -> Values:
    """As many channels, of 16 bits."""
    return numpy.stack([scaled(16)] * count, -1)


def reverse(bits: int) -> Values:
    return 2**bits - 1 - scaled(bits)


Made = tuple[str, bytes, int | str]
FILES: dict[str, Made] = {
    **{f"pgm-{bits}": ("pgm", pgm(bits), bits) for bits in (1, 4, 8, 10, 12, 16)},
    **{f"pgm-letters-{bits}": ("pgm", pgm(bits, True), bits) for bits in (1, 8, 10, 12, 16)},
    **{f"png-{bits}": ("png", png(scaled(bits), bits), bits) for bits in (1, 2, 4, 8, 16)},
    "png-colour-16": ("png", png(several(3), 16), 16),
    "png-colour-alpha-16": ("png", png(several(4), 16), 16),
    "png-alpha-16": ("png", png(several(2), 16), 16),
    **{f"tif-{bits}": ("tif", tiff(scaled(bits), bits), bits) for bits in (1, 2, 4, 8, 12, 16)},
    **{
        f"tif-white-is-zero-{bits}": ("tif", tiff(reverse(bits), bits, photometric=0), bits)
        for bits in (1, 2, 4, 8, 16)
    },
    "tif-big-endian-16": ("tif", tiff(scaled(16), 16, order=">"), 16),
    "tif-colour-16": ("tif", tiff(several(3), 16, photometric=2), 16),
    "tif-10": ("tif", tiff(scaled(10), 10), "is not an image that can be read"),
    "tif-12-white-is-zero": ("tif", tiff(reverse(12), 12, photometric=0), "is not an image"),
    "tif-32": ("tif", tiff(scaled(16) * 65537, 32), NO_RANGE),
    "tif-signed-8": ("tif", tiff(scaled(8), 8, sample=2), NO_RANGE),
    "tif-signed-16": ("tif", tiff(scaled(15), 16, sample=2), NO_RANGE),
    "tif-signed-32": ("tif", tiff(scaled(8), 32, sample=2), NO_RANGE),
    "tif-float-32": ("tif", tiff(scaled(8), 32, sample=3), NO_RANGE),
    "tif-float-64": ("tif", tiff(scaled(8), 64, sample=3), "is not an image that can be read"),
}
"""Files by what they are: what is in one, and how many bits it has or why it is refused."""


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", FILES)
def test_bits_are_scaled_by_their_range_or_refused(
    tmp_path: Path, name: str, channels: int
) -> None:
    suffix, data, result = FILES[name]
    file = tmp_path / f"a.{suffix}"
    file.write_bytes(data)
    if isinstance(result, str):
        with pytest.raises(NetspecError, match=result) as caught:
            opened(file, channels == 1, None, upright=True)
        assert str(file) in str(caught.value)
        return
    found = opened(file, channels == 1, None, upright=True)
    wanted = scaled(result) * 255 // (2**result - 1)
    assert numpy.abs(found.astype(int) - wanted).max() <= (result in (10, 12))
    assert (found.min(), found.max()) == (0, 255)


SHAPE: Values = numpy.array([[0, 50, 100], [150, 200, 250]], dtype=numpy.uint8)
"""An image that is another in every orientation."""
TURNS: dict[int, Callable[[Values], Values]] = {
    1: lambda x: x,
    2: numpy.fliplr,
    3: lambda x: numpy.rot90(x, 2),
    4: numpy.flipud,
    5: numpy.transpose,
    6: lambda x: numpy.rot90(x, -1),
    7: lambda x: numpy.rot90(x, 2).T,
    8: numpy.rot90,
    9: lambda x: x,
}
"""What is seen of the pixels as they are stored (EXIF 2.3, section 4.6.4)."""


@pytest.mark.parametrize("suffix", ["png", "tif", "webp", "jpg"])
@pytest.mark.parametrize("orientation", TURNS)
def test_an_image_is_turned_as_its_orientation_says_or_read_as_torchvision_does(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    file, exif = tmp_path / f"a.{suffix}", Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = SHAPE.repeat(16, 0).repeat(16, 1)  # so that blocks of JPEG are even
    more: dict[str, Any] = {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(stored).save(file, exif=exif, **more)
    (found,) = opened(file, True, None, upright=True)
    seen = TURNS[orientation](stored)
    assert found.shape == seen.shape
    assert numpy.abs(found.astype(int) - seen).max() <= 2
    (ignored,) = opened(file, True, None, upright=False)
    with Image.open(io.BytesIO(file.read_bytes())) as theirs:
        assert numpy.array_equal(ignored, numpy.asarray(theirs.convert("L")))


def test_16_bits_are_turned_and_resized(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.fromarray(SHAPE * numpy.uint16(257)).save(tmp_path / "a.png", exif=exif)
    found = opened(tmp_path / "a.png", True, None, upright=True)
    assert numpy.array_equal(found[0], TURNS[6](SHAPE))
    assert opened(tmp_path / "a.png", True, (6, 4), upright=True).shape == (1, 6, 4)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def palette(file: Path) -> None:
    """A palette some of whose colours are half seen through."""
    Image.fromarray(GREY).convert("P").save(file, "PNG", transparency=bytes(range(256)))


def bad_exif(file: Path) -> None:
    """An EXIF block that promises more values than it has."""
    entry = struct.pack("<HHII", ExifTags.Base.XResolution, 5, 1000, 10**6)
    block = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 1) + entry + bytes(4)
    Image.fromarray(GREY).save(file, "JPEG", exif=block, quality=100)


def no_exif(file: Path) -> None:
    """An EXIF block that is none."""
    Image.fromarray(GREY).save(file, "JPEG", exif=b"Exif\0\0" + b"\xff" * 40, quality=100)


def surplus_tag(file: Path) -> None:
    """A TIFF tag with more values than it is to have, one that is not known, and more behind."""
    file.write_bytes(tiff(scaled(8), 8, more=((296, 3, [2, 2, 2]), (65000, 3, [1]))) + b"surplus")


def surplus_chunk(file: Path) -> None:
    """A private PNG chunk, a second header of gamma and bytes behind the end."""
    data = png(scaled(8), 8)
    cut = data.index(b"IDAT") - 4
    more = chunk(b"prVt", b"x" * 9) + chunk(b"gAMA", bytes(4)) * 2
    file.write_bytes(data[:cut] + more + data[cut:] + b"surplus")


def animation(file: Path) -> None:
    """An animated PNG that says it has no frames."""
    data = png(scaled(8), 8)
    cut = data.index(b"IDAT") - 4
    file.write_bytes(data[:cut] + chunk(b"acTL", bytes(8)) + data[cut:])


@pytest.mark.parametrize(
    "write", [palette, bad_exif, no_exif, surplus_tag, surplus_chunk, animation]
)
def test_what_is_wrong_beside_the_picture_is_no_error(
    tmp_path: Path, write: Callable[[Path], None]
) -> None:
    write(tmp_path / "a.png")
    (found,) = opened(tmp_path / "a.png", True, None, upright=True)
    assert numpy.abs(found.astype(int) - GREY).max() <= 2


@pytest.mark.parametrize("upright", [True, False])
def test_a_pipe_and_a_folder_are_refused_at_once(tmp_path: Path, upright: bool) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(NetspecError, match=r"pipe\.png is not an image .*no regular file"):
        opened(tmp_path / "pipe.png", True, None, upright)
    with pytest.raises(NetspecError, match=r"folder\.png is not an image .*: Is a directory"):
        opened(tmp_path / "folder.png", True, None, upright)
    with pytest.raises(NetspecError, match=r"no\.png is not an image .*: No such file"):
        opened(tmp_path / "no.png", True, None, upright)
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    Image.fromarray(GREY).save(tmp_path / "a.png")
    assert opened(tmp_path / "link.png", True, None, upright).shape == (1, 16, 16)
