"""Data sets of image files that torchvision's own classes list."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from netspec.diagnostic import NetspecError
from netspec.runner.data.contents import Found
from netspec.runner.data.download import fetched, names_of, parts_of
from netspec.runner.data.images import Dataset
from netspec.runner.data.readers.folder import held, streamed
from netspec.runner.data.stream import Streamed
from netspec.runner.data.wanted import Wanted


def read(wanted: Wanted) -> Dataset:
    """The images that torchvision lists, in memory or to be read when they are needed.

    Raises NetspecError for files that are not as they were published.
    """
    return held(fetched(wanted, lambda kind, folder: _read(kind, folder, wanted)), wanted)


def _read(kind: Any, folder: Path, wanted: Wanted) -> Dataset | None:
    """The images; None where a file is missing."""
    parts = parts_of(kind, folder, wanted.data)
    if parts is None:
        return None
    name = kind.__name__
    train, *test = (_streamed(part, folder, name, wanted) for part in parts)
    judge = test[0] if test else train
    if train.shape != judge.shape:
        message = f"{name}: training images are {train.shape}, test images {judge.shape}"
        raise NetspecError(message, "resize: true brings all to the network's input")
    classes = names_of(parts[0], wanted.data.dataset.traits.classes or 0)
    return Dataset(name, train, judge, classes, "test" if test else "val")


def _streamed(part: Any, folder: Path, name: str, wanted: Wanted) -> Streamed:
    # Some are listed as the disk has them, so that they are put in order.
    listed = sorted((os.fspath(file), int(label)) for file, label in _listed(part))
    if not listed:
        raise NetspecError(f"{name} in {folder} has no images")
    files = []
    for file, _ in listed:
        try:
            known = os.stat(file)
        except OSError as error:
            message = f"{file} is listed by {name}, and cannot be read: {error.strerror}"
            raise NetspecError(message, "delete its files to have them downloaded anew") from None
        files.append(Found(file, known.st_size, known.st_mtime_ns))
    # As torchvision reads them, which knows of no orientation.
    return streamed(files, [label for _, label in listed], folder, wanted, upright=False)


def _listed(part: Any) -> list[tuple[Any, Any]]:
    """Files and labels, which torchvision's classes keep in one of three ways."""
    for pairs in ("samples", "_samples"):
        if hasattr(part, pairs):
            return list(getattr(part, pairs))
    files = part._images if hasattr(part, "_images") else part._image_files
    return list(zip(files, part._labels, strict=True))
