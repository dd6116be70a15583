"""What an operation becomes in a spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from netspec.capture.values import Value, Weight


class Leaf(NamedTuple):
    """A layer: its kind, what would be written of its arguments, and its weights by their names."""

    kind: str
    arguments: dict[str, Any]
    weights: Mapping[str, Weight] = {}


class Join(NamedTuple):
    """Several values put together."""

    by: Literal["add", "concat", "multiply"]
    values: list[Value]


Step = Leaf | Join | list[Leaf]
"""A list is of layers one after the other; an empty one does nothing."""


class NoLayer(Exception):
    """What cannot be carried over: why, and what the network would need."""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help = message, help
