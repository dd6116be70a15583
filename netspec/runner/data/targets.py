"""Which task the targets in arrays are for, and what they are then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from netspec.language.training.tasks import classification
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
    found = tasks.of(task or inferred(parts, file))
    targets = found.read(parts, names, file)
    return Learnt(targets.parts, {"task": found.name, **found.named(targets.names)})


def inferred(parts: Mapping[str, Array], file: object) -> str:
    """The task that such targets are for."""
    return classification.__name__
