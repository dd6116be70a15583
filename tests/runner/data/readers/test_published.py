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


WRITERS = {
    "KMNIST": kmnist, "EMNIST": emnist, "QMNIST": qmnist, "CIFAR100": cifar100, "SVHN": svhn,
    "USPS": usps,
}  # fmt: skip


def found(name: str, folder: Path, shape: tuple[int, ...]) -> Any:
    classes = {"CIFAR100": 100, "EMNIST": 47}.get(name, 10)
    more = {"split": "balanced"} if name == "EMNIST" else {}
    return read(name, folder, shape, classes, **more)


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


@pytest.mark.parametrize("name", ["EMNIST", "QMNIST", "SVHN", "USPS", "KMNIST"])
def test_what_is_damaged_is_named_and_stays(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, offline: list[Any]
) -> None:
    train, _ = WRITERS[name](tmp_path, monkeypatch)
    file = next(
        one for one in sorted(tmp_path.rglob("*")) if one.is_file() and "test" not in one.name
    )
    cut = file.read_bytes()[:-30]
    file.write_bytes(cut)
    with pytest.raises(NetspecError) as caught:
        found(name, tmp_path, train.shape[1:])
    assert str(tmp_path) in str(caught.value)
    assert "downloaded anew" in str(caught.value.help)
    assert (file.read_bytes(), offline) == (cut, [])
