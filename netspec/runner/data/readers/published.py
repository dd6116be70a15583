"""Data sets in files that torchvision's own classes read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import torch
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.runner.data.download import fetched, part_of
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.wanted import Wanted


def read(wanted: Wanted) -> Dataset:
    """What torchvision reads; NetspecError for files that are not as they were published."""
    return fetched(wanted, lambda kind, folder: _read(kind, folder, wanted))


def _read(kind: Any, folder: Path, wanted: Wanted) -> Dataset | None:
    """The images; None where a file is missing."""
    # Where torchvision holds files against their digests it says no more than "not found".
    named = [folder / told[1] for told in getattr(kind, "split_list", {}).values()]
    if not all(file.exists() for file in named if "extra" not in file.name):
        return None
    place = f"{kind.__name__} in {folder}"
    hint = "delete its files to have them downloaded anew"
    parts = []
    for part in ("train", "test"):
        try:
            parts.append(kind(folder, **part_of(kind, part, wanted.data), download=False))
        except RuntimeError as error:
            if not named and "not found" in str(error):
                return None
            raise NetspecError(f"{place} is not as it was published: {error}", hint) from None
        except Exception as error:  # decoders of damaged bytes raise whatever they like
            reason = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
            raise NetspecError(f"{place} cannot be read: {reason}", hint) from None
    train, test = map(_images, parts)
    names = getattr(parts[0], "classes", [*"0123456789"])
    # torchvision calls some classes "0 - zero" and so on.
    classes = tuple(name.partition(" - ")[0] for name in names)
    return Dataset(kind.__name__, train, test, classes)


def _images(part: Any) -> Images:
    pixels = _tensor(part.data)
    labels = _tensor(part.labels if hasattr(part, "labels") else part.targets).long()
    if labels.dim() == 2:  # QMNIST's say who wrote it, too
        labels = labels[:, 0]
    return Images(pixels if pixels.dim() == 4 else pixels[:, None], labels.contiguous())


def _tensor(values: Any) -> Tensor:
    return values if isinstance(values, Tensor) else torch.from_numpy(numpy.array(values))
