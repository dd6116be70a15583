"""CIFAR's pickles, as they are published, or its images in class folders."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path
from typing import Any

import torch

from netspec.diagnostic import NetspecError
from netspec.disk import files
from netspec.runner.data.download import fetched
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.readers.folder import read_folder
from netspec.runner.data.wanted import Wanted

_LIMIT = 1 << 28


def read(wanted: Wanted) -> Dataset:
    """The images, from class folders where there are some, else from torchvision's files."""
    name = wanted.data.dataset.name
    folder = wanted.place / name.lower()
    if (folder / "train").is_dir():
        return read_folder(folder, name, wanted)
    return fetched(wanted, _read)


def _read(kind: Any, folder: Path) -> Dataset | None:
    """What torchvision reads; None where a file is missing."""
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
