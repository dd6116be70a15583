"""MNIST's files."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import pytest
from datasets import read

from netspec.diagnostic import NetspecError
from netspec.runner.data.moments import histogram, moments

IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"


def pack(*sizes: int) -> bytes:
    return struct.pack(f">{len(sizes)}I", *sizes)


def test_what_is_there_needs_no_network(real: Path, offline: list[Any]) -> None:
    found = read("MNIST", real, (1, 28, 28), 10)
    assert (len(found.train), len(found.judge)) == (60_000, 10_000)
    assert moments(histogram(found.train.pixels))[0] == pytest.approx([0.1307], abs=1e-4)
    assert not offline


def mnist(folder: Path, form: str = "{}", packed: bool = False) -> list[Path]:
    """Three images to train and three to be judged on, in files of names in a form."""
    folder.mkdir(parents=True)
    files = []
    for part in ("train", "t10k"):
        contents = {
            IMAGES: pack(2051, 3, 28, 28) + bytes(3 * 28 * 28),
            LABELS: pack(2049, 3) + bytes([0, 1, 2]),
        }
        for name, data in contents.items():
            full = f"{part}-{name}"
            files.append(folder / form.format(full, dotted=full.replace("-idx", ".idx")))
            files[-1].write_bytes(gzip.compress(data) if packed else data)
    return files


@pytest.mark.parametrize("place", ["MNIST/raw", "MNIST"])
@pytest.mark.parametrize(
    ("form", "packed"),
    [
        ("{}", False),
        ("{}", True),
        ("{}.gz", True),
        ("{}.gz", False),
        ("{dotted}", False),
        ("{dotted}.gz", True),
    ],
)
def test_files_are_read_as_they_are_published_or_unpacked(
    tmp_path: Path, offline: list[Any], form: str, packed: bool, place: str
) -> None:
    mnist(tmp_path / place, form, packed)
    if form != "{}":
        (tmp_path / place / f"train-{IMAGES}").mkdir()  # as Kaggle's archive has them
    assert read("MNIST", tmp_path, (1, 28, 28), 10).train.labels.tolist() == [0, 1, 2]
    assert not offline


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda b: b[:-20], "cannot be unpacked"),
        (lambda b: b[:20] + b"xxxx" + b[24:], "cannot be unpacked"),
        (lambda b: b + b"surplus", "cannot be unpacked"),
        (gzip.compress, "begins with 1f8b"),
        (lambda b: gzip.compress(bytes(1 << 14)), "unpacks to more than 4,096 bytes"),
    ],
    ids=["cut", "changed", "surplus", "twice", "bomb"],
)
def test_a_damaged_archive_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Any, message: str
) -> None:
    file = mnist(tmp_path / "MNIST" / "raw", "{}.gz", packed=True)[2]
    monkeypatch.setattr("netspec.runner.data.readers.idx._LIMIT", 4096)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(NetspecError, match=message) as caught:
        read("MNIST", tmp_path, (1, 28, 28), 10)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "damage", "message"),
    [
        (LABELS, lambda b: b[:-1] + b"\xff", "label 255 at 2, at most 9 expected"),
        (LABELS, lambda b: b[:4] + pack(2) + b[8:-1], "has 2 labels, {images} 3 images"),
        (LABELS, lambda b: b[:-1], "is 10 bytes, its header says 3: 11 expected"),
        (LABELS, lambda b: b"", "begins with nothing, 00000801 expected"),
        (IMAGES, lambda b: b[:999], "is 999 bytes, its header says 3 x 28 x 28: 2,368 expec"),
        (IMAGES, lambda b: b + b"x", "is 2,369 bytes, its header says 3 x 28 x 28: 2,368"),
        (IMAGES, lambda b: b[:4] + pack(2**31) + b[8:], "says 2,147,483,648 x 28 x 28: 1,683"),
        (IMAGES, lambda b: b[:9], "is 9 bytes, its header is 16"),
        (IMAGES, lambda b: b"<html>" + b, "begins with 3c68746d, 00000803 expected"),
        (IMAGES, lambda b: b[:4] + pack(0) + b[8:16], "holds nothing"),
    ],
    ids=[
        "label",
        "counts",
        "short",
        "empty",
        "truncated",
        "trailing",
        "huge",
        "header",
        "html",
        "none",
    ],
)
def test_damaged_files_are_refused_with_what_was_expected(
    tmp_path: Path, offline: list[Any], name: str, damage: Any, message: str
) -> None:
    raw = tmp_path / "MNIST" / "raw"
    mnist(raw)
    assert len(read("MNIST", tmp_path, (1, 28, 28), 10).train) == 3
    file = raw / f"t10k-{name}"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(NetspecError) as caught:
        read("MNIST", tmp_path, (1, 28, 28), 10)
    assert str(caught.value).startswith(f"{file}")
    assert message.format(images=f"t10k-{IMAGES}") in str(caught.value)
    assert not offline
