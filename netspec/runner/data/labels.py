"""Labels as people write them, numbers or names → classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy
import torch
from numpy.typing import NDArray
from torch import Tensor

from netspec.diagnostic import NetspecError


class Labels(NamedTuple):
    parts: dict[str, Tensor]
    """(N,), int64, by the name of its array."""
    classes: tuple[str, ...]


def classified(
    parts: Mapping[str, NDArray[Any]], names: NDArray[Any] | None, file: object
) -> Labels:
    """Classes of the labels in `file`, of which the first part is learnt from.

    Whole numbers count classes from 0, which `names` names; texts are names themselves, in order.
    Raises NetspecError where they cannot be labels.
    """
    (first, learnt), *_ = parts.items()
    if learnt.dtype.kind in "US":
        if names is not None:
            message = f"{file}: {first} has names, and so has classes"
            raise NetspecError(message, "with classes labels are numbers from 0")
        return _named(parts, file)
    for name, labels in parts.items():
        _whole(name, labels, file)
    if names is not None and (names.ndim != 1 or names.dtype.kind not in "US"):
        raise NetspecError(f"{file}: classes is no list of names")
    count = int(learnt.max(initial=-1)) + 1 if names is None else len(names)
    for name, labels in parts.items():
        _inside(name, labels, count, file)
    there = numpy.bincount(learnt.astype(numpy.int64), minlength=count)
    if not there.all():
        message = f"{file}: {first} has no sample of class {int(there.argmin())}"
        raise NetspecError(message, f"labels are 0 to {count - 1}, each at least once")
    told = range(count) if names is None else map(_text, names)
    tensors = {name: torch.from_numpy(y.astype(numpy.int64)) for name, y in parts.items()}
    return Labels(tensors, tuple(map(str, told)))


def _named(parts: Mapping[str, NDArray[Any]], file: object) -> Labels:
    (first, learnt), *_ = parts.items()
    classes = numpy.unique(learnt)
    found = {}
    for name, labels in parts.items():
        if labels.dtype.kind != learnt.dtype.kind:
            raise NetspecError(f"{file}: {first} has names, {name} has {labels.dtype}")
        known = numpy.isin(labels, classes)
        empty = numpy.char.str_len(labels) == 0
        for index in (empty | ~known).nonzero()[0].tolist():
            text = _text(labels[index])
            what = f"is '{text}', which {first} has not" if text else "is empty"
            raise NetspecError(f"{file}: {name}[{index}] {what}", "labels are names of classes")
        found[name] = torch.from_numpy(numpy.searchsorted(classes, labels))
    return Labels(found, tuple(map(_text, classes)))


def _whole(name: str, labels: NDArray[Any], file: object) -> None:
    if labels.dtype.kind not in "iub":
        message = f"{file}: {name} is {labels.dtype}, labels are whole numbers or names"
        raise NetspecError(message, f"{name}.astype(int), where they count classes from 0")


def _inside(name: str, labels: NDArray[Any], count: int, file: object) -> None:
    for index in ((labels < 0) | (labels >= count)).nonzero()[0].tolist():
        message = f"{file}: {name}[{index}] is {labels[index]}, outside 0 to {count - 1}"
        raise NetspecError(message, "labels count classes from 0")


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
