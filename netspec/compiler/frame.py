"""Where entries stand, and what becomes of them there."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from netspec import layers
from netspec.compiler.document import Scope
from netspec.compiler.findings import Trace
from netspec.compiler.node import Node
from netspec.diagnostic import Path
from netspec.flow.flow import Flow
from netspec.language.entry import Entry
from netspec.layers.base import Layer, Recipe

SEQUENTIAL = Recipe("torch.nn.Sequential", {})


class Module:
    """The module whose children are being compiled."""

    __slots__ = ("depth", "names", "nodes", "prefix")

    def __init__(self, prefix: str = "", depth: int = 0) -> None:
        self.prefix, self.depth = prefix, depth
        self.nodes: list[Node] = []
        self.names: set[str] = set()


class Frame(NamedTuple):
    """Where entries stand: what `$name` means there, and which module takes what they become."""

    scope: Scope
    module: Module
    trace: Trace = ()
    """Uses of blocks that led here, innermost first."""

    def inside(self, name: str) -> "Frame":
        """The frame of a child module's entries."""
        module = Module(f"{self.module.prefix}{name}.", self.module.depth + 1)
        return self._replace(module=module)

    def using(self, block: Entry, scope: Scope) -> "Frame":
        """The frame of a block's entries, which become children of the same module."""
        return Frame(scope, self.module, ((block.kind, block.at), *self.trace))

    def group(self, x: Flow, y: Flow, path: Path, above: "Frame", nodes: list[Node]) -> Node:
        """The node of this frame's module, which runs `nodes` one after the other."""
        return Node(
            self.module.prefix[:-1], sequence(), x, y, SEQUENTIAL, path, above.module.depth,
            children=nodes, trace=above.trace,
        )  # fmt: skip


class Parsed(NamedTuple):
    """A layer with checked arguments, as they were written, and where."""

    layer: Layer
    values: Mapping[str, Any]
    places: Mapping[str, Path]


class Reported(Exception):
    """What went wrong has been reported; the entry it is in comes to nothing."""


@cache
def sequence() -> Layer:
    """The layer that nodes in a row are children of."""
    model = layers.find("Sequential")
    assert model is not None
    return model.parse("Sequential", {"layers": []})
