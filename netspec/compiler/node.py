"""One layer of a compiled network, with its facts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

from netspec.compiler.findings import Trace
from netspec.diagnostic import Path
from netspec.flow.flow import Flow, Shape
from netspec.layers.base import Layer, Leaf, Recipe
from netspec.layers.roles import Role


@dataclass(slots=True)
class Node:
    """One layer of the network, at its place in the built module tree."""

    name: str
    """Module path in the built network, such as conv1.0."""
    layer: Layer
    input: Flow
    output: Flow
    recipe: Recipe
    path: Path
    """Where it is written, as a path into the spec's data."""
    depth: int = 0
    weights: dict[str, Shape] = field(default_factory=dict)
    buffers: dict[str, Shape] = field(default_factory=dict)
    macs: int = 0
    children: "list[Node]" = field(default_factory=list)
    trace: Trace = ()

    @property
    def kind(self) -> str:
        """Its name in the spec, such as Conv2d."""
        return self.layer.kind

    @property
    def role(self) -> Role:
        """What it is for."""
        return self.layer.role

    @property
    def params(self) -> int:
        """Learnable numbers of this layer and everything in it."""
        return sum(map(prod, self.weights.values())) + sum(c.params for c in self.children)

    @property
    def buffer_count(self) -> int:
        """Numbers in its buffers."""
        return sum(map(prod, self.buffers.values()))

    def passes(self, training: bool = True) -> bool:
        """Whether what comes out is what went in, or a view of it."""
        return isinstance(self.layer, Leaf) and self.layer.passes(self.input.shape, training)

    def nodes(self) -> "Iterator[Node]":
        """It and everything in it, in execution order."""
        stack = [self]
        while stack:
            yield (node := stack.pop())
            stack.extend(reversed(node.children))

    def leaves(self) -> "Iterator[Node]":
        """The leaf layers in it, in execution order."""
        return (node for node in self.nodes() if isinstance(node.layer, Leaf))


class Made(NamedTuple):
    """What an entry of a list, or a body of a composite, came to the one time that it ran."""

    input: Flow
    output: Flow
    nodes: list[Node]
    """All copies of a layer, or the layers of all copies of a block."""
    scope: Mapping[str, Any]
    """What `$name` meant there."""

    @property
    def params(self) -> int:
        """Learnable numbers in it."""
        return sum(node.params for node in self.nodes)

    @property
    def leaves(self) -> Iterator[Node]:
        """The leaf layers in it, in execution order."""
        return (leaf for node in self.nodes for leaf in node.leaves())
