"""Where images come from."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import torch

from netspec.diagnostic import NetspecError
from netspec.runtime.folder import read_folder
from netspec.runtime.images import Dataset, Images, stratified
from netspec.training import Data

DIGITS_TEST = 0.2
_STALL = 30.0
"""Seconds without a byte after which a download is given up."""


def load(data: Data, folder: Path, shape: tuple[int, ...], output: tuple[int, ...]) -> Dataset:
    """Return the data set, checked, for a network that reads `shape` and gives `output`.

    Raises Fault where it does not fit the network, NetspecError where it is missing or damaged.
    """
    found = _read(data, folder, shape).checked()
    resize = data.resize or data.dataset == "digits"
    found = found.fitted(shape, output, resize)
    return found.held_back(data.val_fraction, seed=0).checked() if data.val_fraction else found


def _read(data: Data, folder: Path, shape: tuple[int, ...]) -> Dataset:
    size = shape[1:] if data.resize and len(shape) == 3 else None
    grey = len(shape) == 3 and shape[0] == 1
    if data.dataset == "digits":
        return digits()
    if data.dataset == "folder":
        return read_folder(folder / data.path, size, grey)
    if data.dataset == "CIFAR10" and (folder / "cifar10" / "train").is_dir():
        return read_folder(folder / "cifar10", size, grey, name="CIFAR10")
    return from_torchvision(data.dataset, folder)


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
    parts = _parts(kind, folder)
    if parts is None:
        _download(kind, name, folder)
        parts = _parts(kind, folder) or []
    train, test = (_images(part) for part in parts)
    # torchvision calls the classes of MNIST "0 - zero" and so on.
    classes = tuple(str(one).partition(" - ")[0] for one in parts[0].classes)
    return Dataset(name, train, test, classes)


def _parts(kind: Any, folder: Path) -> list[Any] | None:
    """Return training and test part, None where a file is missing."""
    try:
        return [kind(folder, train=train, download=False) for train in (True, False)]
    except (RuntimeError, ValueError, OSError, EOFError, AssertionError) as error:
        if "not found" in str(error):
            return None
        message = f"{kind.__name__} in {folder} cannot be read: {error}"
        raise NetspecError(message, "delete its files to have them downloaded anew") from None


def _images(part: Any) -> Images:
    pixels = torch.as_tensor(part.data)
    pixels = pixels.unsqueeze(1) if pixels.dim() == 3 else pixels.permute(0, 3, 1, 2)
    return Images(pixels.contiguous(), torch.as_tensor(part.targets).long())


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
            f"{name} is not in {folder} and cannot be downloaded: {error}",
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
