"""Where images come from."""

from __future__ import annotations

import os
import socket
import tempfile
from hashlib import md5
from pathlib import Path
from typing import Any

import torch

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.language.training import Data
from netspec.runner.data import idx
from netspec.runner.data.class_folders import read_folder
from netspec.runner.data.images import Dataset, Images, stratified
from netspec.runner.together.world import ALONE, World

DIGITS_TEST = 0.2
_LIMIT = 1 << 28
_STALL = 30.0
"""Seconds without a byte after which a download is given up."""


def load(
    data: Data,
    folder: Path,
    shape: tuple[int, ...],
    output: tuple[int, ...],
    world: World = ALONE,
) -> Dataset:
    """Return the data set, checked, for a network that reads `shape` and gives `output`.

    Raises Fault where it does not fit the network, NetspecError where it is missing or damaged.
    """
    found = _read(data, folder, shape, world).checked()
    resize = data.resize or data.dataset == "digits"
    found = found.fitted(shape, output, resize)
    return found.held_back(data.val_fraction, seed=0).checked() if data.val_fraction else found


def _read(data: Data, folder: Path, shape: tuple[int, ...], world: World) -> Dataset:
    size = shape[1:] if data.resize and len(shape) == 3 else None
    grey = len(shape) == 3 and shape[0] == 1
    if data.dataset == "digits":
        return digits()
    if data.dataset == "folder":
        return read_folder(folder / data.path, size, grey, None, data.stream, world)
    if data.dataset == "CIFAR10" and (folder / "cifar10" / "train").is_dir():
        return read_folder(folder / "cifar10", size, grey, "CIFAR10", data.stream, world)
    return world.in_turn(lambda: from_torchvision(data.dataset, folder))


def digits() -> Dataset:
    """Return scikit-learn's 1,797 handwritten digits of 8x8; a fifth of each class is the test."""
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    # 17 grey levels, 0 to 16.
    pixels = torch.from_numpy(bunch.images * 255 / 16).round().byte().unsqueeze(1)
    images = Images(pixels, torch.from_numpy(bunch.target).long())
    train, test = stratified(images.labels, DIGITS_TEST, seed=0)
    return Dataset("digits", images.take(train), images.take(test), tuple("0123456789"))


def from_torchvision(name: str, folder: Path) -> Dataset:
    from torchvision import datasets

    kind: Any = getattr(datasets, name)
    read = _cifar if name == "CIFAR10" else _mnist
    found = read(kind, folder)
    if found is None:
        _download(kind, name, folder)
        found = read(kind, folder)
    if found is None:
        raise NetspecError(f"{name} is not in {folder} though it was downloaded")
    return found


def _mnist(kind: Any, folder: Path) -> Dataset | None:
    """Return what torchvision would, checked; None where a file is missing."""
    raw = folder / kind.__name__ / "raw"
    if not all((raw / Path(url).stem).exists() for url, _ in kind.resources):
        return None
    train, test = (idx.read(raw, part, len(kind.classes)) for part in ("train", "t10k"))
    # torchvision calls the classes of MNIST "0 - zero" and so on.
    classes = tuple(name.partition(" - ")[0] for name in kind.classes)
    return Dataset(kind.__name__, train, test, classes)


def _cifar(kind: Any, folder: Path) -> Dataset | None:
    """Return what torchvision reads; None where a file is missing."""
    place, meta = folder / kind.base_folder, kind.meta
    wanted = [*kind.train_list, *kind.test_list, (meta["filename"], meta["md5"])]
    if not all((place / name).exists() for name, _ in wanted):
        return None
    for name, expected in wanted:
        # They are pickles: one that is not the published file is not opened.
        data = files.read(place / name, _LIMIT)
        digest = md5(data, usedforsecurity=False).hexdigest()
        if digest != expected:
            message = f"{place / name} is {len(data):,} bytes of md5 {digest}, {expected} expected"
            raise NetspecError(message, "delete it to have it downloaded anew")
    parts = [kind(folder, train=train, download=False) for train in (True, False)]
    train, test = (
        Images(
            torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous(),
            torch.tensor(part.targets),
        )
        for part in parts
    )
    return Dataset(kind.__name__, train, test, tuple(parts[0].classes))


def _download(kind: Any, name: str, folder: Path) -> None:
    """Fetch into a folder of its own and move what is whole, so that no half file is ever read."""
    before = socket.getdefaulttimeout()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=f".{name}.") as partial:
            socket.setdefaulttimeout(_STALL)
            for train in (True, False):
                kind(partial, train=train, download=True)
            for file in sorted(Path(partial).rglob("*")):
                target = folder / file.relative_to(partial)
                if file.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                else:
                    os.replace(file, target)
    except (OSError, RuntimeError) as error:
        raise NetspecError(
            f"{name} is not in {folder}, and downloading it failed: {_reason(error)}",
            f"put {_PLACES[name]} there, or name another folder with --data-dir",
        ) from None
    finally:
        socket.setdefaulttimeout(before)


_IDX = "{train,t10k}-{images-idx3,labels-idx1}-ubyte"
_PLACES = {
    "MNIST": f"MNIST/raw/{_IDX}",
    "FashionMNIST": f"FashionMNIST/raw/{_IDX}",
    "CIFAR10": "cifar-10-batches-py/ (the files of cifar-10-python.tar.gz), "
    "or images as cifar10/{train,test}/<class>/*,",
}


def _reason(error: Exception) -> str:
    """The last line of torchvision's account of every place it tried."""
    last = str(error).strip().rpartition("\n")[2] or type(error).__name__
    return last.removeprefix("<urlopen error ").removesuffix(">")
