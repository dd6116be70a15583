"""One image of a data set for the page of a network, read without torch."""

from __future__ import annotations

import gzip
import io
import struct
from base64 import b64decode
from pathlib import Path

import pytest
from PIL import Image

from netspec import compiler, source
from netspec.diagnostic import UsageError
from netspec.language.training.data import Data
from netspec.runs import sample

PIXELS = bytes(range(28 * 28 - 528)) + bytes(528)
HEAD = struct.pack(">4I", 0x803, 1, 28, 28)


def data(dataset: str) -> Data:
    train = f"{{data: {dataset}, batch_size: 8, epochs: 1, optimizer: {{SGD: 0.1}}}}"
    text = f"input: [1, 28, 28]\nlayers: [Flatten, {{Linear: 10}}]\ntrain: {train}"
    return compiler.compile(source.parse(text, "it.yaml")).train.data


def image(address: str | None) -> Image.Image:
    assert address
    kind, _, rest = address.partition(";base64,")
    found = Image.open(io.BytesIO(b64decode(rest)))
    assert kind == f"data:image/{(found.format or '').lower()}"
    return found


@pytest.mark.parametrize("name", ["t10k-images-idx3-ubyte", "train-images.idx3-ubyte.gz"])
def test_the_first_image_of_mnist_as_its_files_have_it(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    packed = name.endswith(".gz")
    (raw / name).write_bytes(gzip.compress(HEAD + PIXELS) if packed else HEAD + PIXELS)
    found = image(sample.of(data("{dataset: MNIST}"), tmp_path))
    assert (found.mode, found.size, found.tobytes()) == ("L", (28, 28), PIXELS)


def test_the_first_image_of_class_folders_is_shown_as_it_is(tmp_path: Path) -> None:
    for name in ("b", "a"):
        folder = tmp_path / "own" / "test" / name
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text("no image")
        Image.new("RGB", (3, 2), "red" if name == "a" else "blue").save(folder / "0.png")
    found = image(sample.of(data("{dataset: folder, path: own}"), tmp_path))
    assert (found.size, found.getpixel((0, 0))) == ((3, 2), (255, 0, 0))


def test_the_first_of_scikit_learns_digits() -> None:
    found = image(sample.of(data("{dataset: digits}"), Path("nowhere")))
    assert found.size == (8, 8)
    assert [round(p * 16 / 255) for p in found.tobytes()[:8]] == [0, 0, 5, 13, 9, 1, 0, 0]


@pytest.mark.parametrize("content", [None, b"", HEAD[:9], HEAD, HEAD + PIXELS[:-1], b"\0" * 16])
def test_there_is_none_where_the_file_is_missing_or_no_such_file(
    tmp_path: Path, content: bytes | None
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    if content is not None:
        (raw / "t10k-images-idx3-ubyte").write_bytes(content)
    assert sample.of(data("{dataset: MNIST}"), tmp_path) is None


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"RIFF....WAVE", b""])
def test_a_file_that_is_no_image_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "it.png"
    file.write_bytes(content)
    with pytest.raises(UsageError, match="no PNG, JPEG, GIF or WebP file"):
        sample.of_file(file)


def test_a_file_that_cannot_be_read_or_is_too_large_is_refused(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "missing.png"):
        with pytest.raises(UsageError, match=r"cannot be read|is a folder"):
            sample.of_file(file)
    (tmp_path / "large.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(sample.MOST))
    with pytest.raises(UsageError):
        sample.of_file(tmp_path / "large.png")
