"""Data sets in files that torchvision's own classes read into memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.runner.data.download import fetched, names_of, parts_of
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.wanted import Wanted


def read(wanted: Wanted) -> Dataset:
    """What torchvision reads; NetspecError for files that are not as they were published."""
    return fetched(wanted, lambda kind, folder: _read(kind, folder, wanted))


def _read(kind: Any, folder: Path, wanted: Wanted) -> Dataset | None:
    """The images; None where a file is missing."""
    parts = parts_of(kind, folder, wanted.data)
    if parts is None:
        return None
    traits = wanted.data.dataset.traits
    train, *test = (_images(part, f"{kind.__name__} in {folder}") for part in parts)
    classes = names_of(parts[0], traits.classes or 0)
    return Dataset(
        kind.__name__, train, test[0] if test else train, classes, "test" if test else "val"
    )


def _images(part: Any, place: str) -> Images:
    if hasattr(part, "_samples"):
        samples, known = zip(*part._samples, strict=True)
        if None in known:
            message = f"{place} has no labels for its test part"
            raise NetspecError(message, "another file of it that torchvision reads has them")
        return Images(torch.stack(samples)[:, None], torch.tensor(known))
    pixels = _tensor(part.data).contiguous()
    labels = _tensor(part.labels if hasattr(part, "labels") else part.targets).long()
    if labels.dim() == 2:  # QMNIST's say who wrote it, too
        labels = labels[:, 0]
    return Images(pixels if pixels.dim() == 4 else pixels[:, None], labels.contiguous())


def _tensor(values: Any) -> Tensor:
    return values if isinstance(values, Tensor) else torch.from_numpy(numpy.array(values))
