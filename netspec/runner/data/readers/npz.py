"""Arrays of one's own in a NumPy file: x_train, y_train, x_test and y_test."""

from __future__ import annotations

from typing import Any

import torch

from netspec.diagnostic import NetspecError
from netspec.runner.data.arrays import Arrays, samples
from netspec.runner.data.images import Dataset, Images
from netspec.runner.data.targets import learnt
from netspec.runner.data.wanted import Wanted

_NAMES = ("classes", "targets")
"""Arrays with names, of classes or labels and of values."""
_HINT = "numpy.savez(file, x_train=…, y_train=…, x_test=…, y_test=…)"


def read(wanted: Wanted) -> Dataset:
    """The arrays of the file that the spec names, in memory."""
    path = wanted.place / wanted.data.path
    arrays = Arrays(path)
    splits = wanted.data.val_fraction is not None
    there = (part for part in ("test", "val") if f"x_{part}" in arrays.names)
    judged = None if splits else next(there, "test")
    parts = ["train", *([judged] if judged else [])]
    for name in (f"{axis}_{part}" for part in parts for axis in "xy"):
        if name not in arrays.names:
            hint = _HINT if name.endswith("train") else f"val_fraction does without, or {_HINT}"
            raise NetspecError(f"{path} has no {name}", hint)
    x = {
        part: samples(arrays.read(f"x_{part}"), wanted.shape, f"{path}: x_{part}") for part in parts
    }
    y = {f"y_{part}": arrays.read(f"y_{part}") for part in parts}
    for part, values in x.items():
        labels = y[f"y_{part}"]
        if labels.shape[:1] != (len(values),):
            message = f"{path}: y_{part} has the shape {labels.shape}, x_{part} {values.shape}"
            raise NetspecError(message, f"({len(values)},) has a label for each sample")
        if not len(values):
            raise NetspecError(f"{path}: x_{part} has no samples")
        if values.shape[1:] != x["train"].shape[1:] or values.dtype != x["train"].dtype:
            kinds = [f"{one.dtype} of {one.shape[1:]}" for one in (x["train"], values)]
            raise NetspecError(f"{path}: x_train is {kinds[0]}, x_{part} is {kinds[1]}")
    naming = next((name for name in _NAMES if name in arrays.names), None)
    names = arrays.read(naming) if naming else None
    found = learnt(y, names, path, wanted.task)
    images = [Images(torch.from_numpy(x[part]), found.parts[f"y_{part}"]) for part in parts]
    known = {naming, *(f"{axis}_{part}" for part in ("train", "test", "val") for axis in "xy")}
    other = sorted(set(arrays.names) - known)
    notes = (f"not read in {path}: {', '.join(other)}",) if other else ()
    told: dict[str, Any] = {"classes": (), **found.told}
    return Dataset(path.name, images[0], images[-1], judged=judged or "val", notes=notes, **told)
