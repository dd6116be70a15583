"""Small files in the formats in which data sets are published, read by torchvision's classes."""

from __future__ import annotations

import bz2
import pickle
import struct
from collections.abc import Callable
from hashlib import md5
from pathlib import Path
from typing import Any

import numpy
import pytest
import torch
from datasets import read
from numpy.typing import NDArray
from scipy.io import savemat
from torchvision import datasets

from netspec.diagnostic import NetspecError

CHANCE = numpy.random.default_rng(0)
Pixels = NDArray[numpy.uint8]


def pixels(count: int, *shape: int) -> Pixels:
    return CHANCE.integers(0, 256, (count, *shape)).astype(numpy.uint8)


def idx(values: NDArray[Any]) -> bytes:
    """The values as MNIST's files have them: big-endian, with a header of their sizes."""
    kind = {1: 8, 4: 12}[values.dtype.itemsize]
    head = struct.pack(f">{values.ndim + 1}I", kind << 8 | values.ndim, *values.shape)
    return head + values.astype(values.dtype.newbyteorder(">")).tobytes()


def mnist_like(folder: Path, name: Callable[[str, str], str], labels: Any) -> list[Pixels]:
    folder.mkdir(parents=True)
    found = [pixels(3, 28, 28), pixels(2, 28, 28)]
    for part, x in zip(("train", "test"), found, strict=True):
        (folder / name(part, "images")).write_bytes(idx(x))
        (folder / name(part, "labels")).write_bytes(idx(labels(len(x))))
    return [x[:, None] for x in found]


def kmnist(folder: Path, patch: Any) -> list[Pixels]:
    names = {"images": "images-idx3-ubyte", "labels": "labels-idx1-ubyte"}
    return mnist_like(
        folder / "KMNIST" / "raw",
        lambda part, what: f"{'t10k' if part == 'test' else part}-{names[what]}",
        lambda n: numpy.arange(n, dtype=numpy.uint8),
    )


def emnist(folder: Path, patch: Any) -> list[Pixels]:
    names = {"images": "images-idx3-ubyte", "labels": "labels-idx1-ubyte"}
    return mnist_like(
        folder / "EMNIST" / "raw",
        lambda part, what: f"emnist-balanced-{part}-{names[what]}",
        lambda n: numpy.arange(n, dtype=numpy.uint8),
    )


def qmnist(folder: Path, patch: Any) -> list[Pixels]:
    names = {"images": "images-idx3-ubyte", "labels": "labels-idx2-int"}
    return mnist_like(
        folder / "QMNIST" / "raw",
        lambda part, what: f"qmnist-{part}-{names[what]}",
        lambda n: numpy.stack([numpy.arange(n), *[numpy.full(n, 99)] * 7], 1).astype(numpy.int32),
    )


def told(folder: Path, name: str, data: bytes) -> list[str]:
    """A file, as torchvision lists it with its digest."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return [Path(name).name, md5(data, usedforsecurity=False).hexdigest()]


def cifar100(folder: Path, patch: Any) -> list[Pixels]:
    kind, found = datasets.CIFAR100, [pixels(3, 3, 32, 32), pixels(2, 3, 32, 32)]
    for part, x in zip(("train", "test"), found, strict=True):
        batch = {"data": x.reshape(len(x), -1), "fine_labels": list(range(len(x)))}
        listed = told(folder, f"{kind.base_folder}/{part}", pickle.dumps(batch))
        patch.setattr(kind, f"{part}_list", [listed])
    meta = pickle.dumps({"fine_label_names": [f"thing{i}" for i in range(100)]})
    digest = told(folder, f"{kind.base_folder}/meta", meta)[1]
    patch.setattr(kind, "meta", {**kind.meta, "md5": digest})
    return found


def svhn(folder: Path, patch: Any) -> list[Pixels]:
    listed, found = {}, [pixels(3, 3, 32, 32), pixels(2, 3, 32, 32)]
    for part, x in zip(("train", "test"), found, strict=True):
        labels = numpy.array([[10], [1], [2]][: len(x)], numpy.uint8)  # 10 is the digit 0
        file = folder / f"{part}_32x32.mat"
        savemat(file, {"X": x.transpose(2, 3, 1, 0), "y": labels})
        listed[part] = ["no address", *told(folder, file.name, file.read_bytes())]
    patch.setattr(datasets.SVHN, "split_list", listed)
    return found


def usps(folder: Path, patch: Any) -> list[Pixels]:
    found = [pixels(3, 1, 16, 16), pixels(2, 1, 16, 16)]
    for name, x in zip(("usps.bz2", "usps.t.bz2"), found, strict=True):
        lines = [
            f"{label + 1} "
            + " ".join(f"{i + 1}:{v / 127.5 - 1:.9f}" for i, v in enumerate(one.flat))
            for label, one in enumerate(x)
        ]
        (folder / name).write_bytes(bz2.compress("\n".join(lines).encode()))
    return found


def stl10(folder: Path, patch: Any) -> list[Pixels]:
    kind, found = datasets.STL10, [pixels(3, 3, 96, 96), pixels(2, 3, 96, 96)]
    for part, x in zip(("train", "test"), found, strict=True):
        # Its columns come first, and its classes begin at 1.
        images = told(folder, f"stl10_binary/{part}_X.bin", x.transpose(0, 1, 3, 2).tobytes())
        labels = told(folder, f"stl10_binary/{part}_y.bin", bytes(range(1, len(x) + 1)))
        patch.setattr(kind, f"{part}_list", [images, labels])
    (folder / "stl10_binary" / "class_names.txt").write_text(
        "\n".join(f"thing{i}" for i in range(10))
    )
    return found


def fer2013(folder: Path, patch: Any) -> list[Pixels]:
    found = [pixels(3, 48, 48), pixels(2, 48, 48)]
    lines = [
        f'{label},"{" ".join(map(str, one.flat))}",{usage}'
        for x, usages in zip(found, (["Training"] * 3, ["PublicTest", "PrivateTest"]), strict=True)
        for label, (one, usage) in enumerate(zip(x, usages, strict=True))
    ]
    text = "\n".join(["emotion,pixels,Usage", *lines])
    listed = told(folder, "fer2013/fer2013.csv", text.encode())
    patch.setattr(datasets.FER2013, "_RESOURCES", {**datasets.FER2013._RESOURCES, "fer": listed})
    return [x[:, None] for x in found]


WRITERS = {
    "KMNIST": kmnist, "EMNIST": emnist, "QMNIST": qmnist, "CIFAR100": cifar100, "SVHN": svhn,
    "USPS": usps, "STL10": stl10, "FER2013": fer2013,
}  # fmt: skip


def found(name: str, folder: Path, shape: tuple[int, ...]) -> Any:
    classes = {"CIFAR100": 100, "EMNIST": 47, "FER2013": 7}.get(name, 10)
    more = {"split": "balanced"} if name == "EMNIST" else {}
    return read(name, folder, shape, classes, **more)


def test_semeion_is_split_from_the_one_file_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    bits = CHANCE.integers(0, 2, (40, 256))
    lines = [
        " ".join(
            [*(f"{bit:.4f}" for bit in row), *("1" if i % 10 == k else "0" for k in range(10))]
        )
        for i, row in enumerate(bits)
    ]
    listed = told(tmp_path, "semeion.data", "\n".join(lines).encode())
    monkeypatch.setattr(datasets.SEMEION, "md5_checksum", listed[1])
    data = read("SEMEION", tmp_path, (1, 16, 16), 10, val_fraction=0.25)
    assert (data.judged, len(data.train), len(data.judge)) == ("val", 30, 10)
    assert data.classes == tuple("0123456789")
    wanted = {tuple((row * 255).tolist()): i % 10 for i, row in enumerate(bits)}
    for part in (data.train, data.judge):
        for image, label in zip(part.pixels, part.labels.tolist(), strict=True):
            assert wanted[tuple(image.flatten().tolist())] == label
    assert not offline


def test_a_test_part_without_labels_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = " ".join(["7"] * 48 * 48)
    files = {"train": f'emotion,pixels\n1,"{row}"', "test": f'pixels\n"{row}"'}
    listed = {
        part: told(tmp_path, f"fer2013/{part}.csv", text.encode()) for part, text in files.items()
    }
    resources = {**datasets.FER2013._RESOURCES, **listed}
    monkeypatch.setattr(datasets.FER2013, "_RESOURCES", resources)
    with pytest.raises(NetspecError, match=r"FER2013 in .* has no labels for its test part"):
        found("FER2013", tmp_path, (1, 48, 48))


@pytest.mark.parametrize("name", WRITERS)
def test_files_as_they_are_published_are_read_without_a_network(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    train, test = WRITERS[name](tmp_path, monkeypatch)
    data = found(name, tmp_path, train.shape[1:])
    for feed, wanted in ((data.train, train), (data.judge, test)):
        # USPS has floats from -1 to 1, which torchvision cuts to whole numbers.
        far = (feed.pixels.int() - torch.from_numpy(wanted).int()).abs().max()
        assert far <= (name == "USPS")
        assert feed.pixels.shape == wanted.shape
        assert feed.labels.tolist() == list(range(len(wanted)))
    assert (data.name, data.judged) == (name, "test")
    if name in ("QMNIST", "SVHN", "USPS"):
        assert data.classes == tuple("0123456789")
    assert not offline


@pytest.mark.parametrize("name", ["EMNIST", "QMNIST", "SVHN", "USPS", "KMNIST", "STL10", "FER2013"])
def test_what_is_damaged_is_named_and_stays(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    train, _ = WRITERS[name](tmp_path, monkeypatch)
    file = next(
        one
        for one in sorted(tmp_path.rglob("*"))
        if one.is_file() and "test" not in one.name and one.suffix != ".txt"
    )
    cut = file.read_bytes()[:-30]
    file.write_bytes(cut)
    with pytest.raises(NetspecError) as caught:
        found(name, tmp_path, train.shape[1:])
    assert str(tmp_path) in str(caught.value)
    assert "downloaded anew" in str(caught.value.help)
    assert (file.read_bytes(), offline) == (cut, [])
