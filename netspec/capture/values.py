"""What a record is made of: values, weights, constants and the operations on them."""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn


class Place(NamedTuple):
    """A line of code."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def code(self) -> str:
        """What is written there."""
        return linecache.getline(self.file, self.line).strip()


class Value:
    """A tensor that depends on the input."""

    __slots__ = ("index", "op", "shape")

    def __init__(self, shape: tuple[int, ...], op: Op | None = None, index: int = 0) -> None:
        self.shape, self.op, self.index = shape, op, index


class Weight(NamedTuple):
    """A parameter or buffer; `name` is None where the module does not know of it."""

    name: str | None
    tensor: Tensor


class Constant(NamedTuple):
    """A tensor that depends on nothing that goes in."""

    tensor: Tensor
    source: Weight | None = None
    """A weight that it is made of."""

    @property
    def of(self) -> str | None:
        """What that weight is called."""
        return self.source and (self.source.name or "an unregistered parameter")


class Op:
    """An operation: what it is called, what it read and what came out."""

    __slots__ = (
        "args",
        "kwargs",
        "module",
        "name",
        "outputs",
        "owner",
        "path",
        "place",
        "registered",
    )

    def __init__(
        self, name: str, path: str, place: Place, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> None:
        self.name, self.path, self.place = name, path, place
        self.args, self.kwargs = args, kwargs
        self.outputs: list[Value] = []
        self.module: nn.Module | None = None
        self.registered = True
        """Whether the module is one of those that the whole knows of."""
        self.owner: str = ""
        """The class of the module that it is written in."""

    @property
    def inputs(self) -> list[Value]:
        """The values that it reads."""
        return [one for one in flat((self.args, self.kwargs)) if isinstance(one, Value)]

    @property
    def weights(self) -> list[Weight]:
        """The parameters and buffers that it reads."""
        return [one for one in flat((self.args, self.kwargs)) if isinstance(one, Weight)]


class Decision(NamedTuple):
    """A number of the run that Python code asked for."""

    place: Place
    answer: Any


class Recording:
    """What a run did."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.input = Value(())
        self.output: Any = None
        """What came out, with values in place of tensors."""
        self.decisions: list[Decision] = []
        self.called: set[int] = set()
        """Modules that were called, by identity."""
        self.classes: dict[str, type] = {}
        """Classes of modules by path."""
        self.result: Any = None


def flat(value: Any) -> Iterator[Any]:
    """What is in nested lists, tuples and dictionaries."""
    if isinstance(value, tuple | list) and not isinstance(value, Weight | Constant | torch.Size):
        for one in value:
            yield from flat(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from flat(one)
    else:
        yield value
