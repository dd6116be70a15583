"""Which task the targets in arrays are for, and what they are then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy
from torch import Tensor

from netspec.diagnostic import NetspecError
from netspec.language.training.tasks import classification, multi_label, regression
from netspec.runner import tasks
from netspec.runner.data.arrays import Array


class Learnt(NamedTuple):
    """Targets, with all that a data set says of them."""

    parts: dict[str, Tensor]
    """(N, *) by the name of its array."""
    told: dict[str, Any]
    """The task and names, as keyword arguments of a Dataset."""


def learnt(
    parts: Mapping[str, Array], names: Array | None, file: object, task: str | None
) -> Learnt:
    """The targets in arrays of `file`, for the task where the spec says which.

    Raises NetspecError, with file and place, where they cannot be of it, or of one task only.
    """
    if not task:
        (name, y), *_ = parts.items()
        ways = (f"{name}.astype(int)", f"{name}.argmax(1)")
        task = inferred(y, f"{file}: {name} is {y.dtype} and", ways)
    found = tasks.of(task)
    targets = found.read(parts, names, file)
    return Learnt(targets.parts, {"task": found.name, **found.named(targets.names)})


def inferred(y: Array, what: str, ways: tuple[str, str]) -> str:
    """The task that targets are for.

    Raises NetspecError where that could be more than one, of `what`, with the ways to say that
    numbers are classes, and that columns are.
    """
    if y.dtype.kind not in "iufb":
        return classification.__name__
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim == 1:
        if y.dtype.kind != "f":
            return classification.__name__
        if _counts(y):
            message = f"{what} has the numbers 0 to {int(y.max())} alone"
            hint = f"task: regression takes them for values, {ways[0]} for classes"
            raise NetspecError(message, hint)
        return regression.__name__
    if not ((y == 0) | (y == 1)).all():
        return regression.__name__
    if y.ndim == 2 and (y.sum(1) == 1).all():
        message = f"{what} has a single 1 in each row: one class, or one label of several"
        raise NetspecError(message, f"{ways[1]} for classes, or task: multi_label")
    return multi_label.__name__


def _counts(y: Array) -> bool:
    """Whether it has whole numbers from 0 alone, and each of them: classes have."""
    found = numpy.unique(y)
    return bool(len(found)) and numpy.array_equal(found, numpy.arange(len(found)))
