"""The compiled network: a tree of nodes with their facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from netspec.compiler.findings import Trace
from netspec.diagnostic import Path, Span, UsageError
from netspec.flow.flow import Flow, Shape
from netspec.language.spec import Spec
from netspec.language.training import Train
from netspec.layers.base import Layer, Leaf, Recipe
from netspec.source import Source

BYTES = 4
"""Bytes of a float32."""


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
    def params(self) -> int:
        """Learnable numbers of this layer and everything in it."""
        return sum(map(prod, self.weights.values())) + sum(c.params for c in self.children)

    @property
    def buffer_count(self) -> int:
        """Numbers in its buffers."""
        return sum(map(prod, self.buffers.values()))

    def leaves(self) -> "Iterator[Node]":
        """The leaf layers in it, in execution order."""
        stack = [self]
        while stack:
            node = stack.pop()
            if isinstance(node.layer, Leaf):
                yield node
            stack.extend(reversed(node.children))


class Totals(NamedTuple):
    """Sums over the leaf layers, for one sample."""

    params: int
    buffers: int
    macs: int
    activation_bytes: int
    """float32 bytes of every leaf's output."""
    training_bytes: int
    """Bytes that autograd keeps for the backward pass in training, in a batch of one."""


@dataclass(slots=True)
class Plan:
    """A network with every fact worked out."""

    name: str
    spec: Spec
    source: Source
    root: Node
    leaves: list[Node]
    totals: Totals

    @property
    def input(self) -> Shape:
        """Shape of one sample that goes in."""
        return self.root.input.shape

    @property
    def output(self) -> Shape:
        """Shape of what comes out for it."""
        return self.root.output.shape

    @property
    def train(self) -> Train:
        """How it is trained; UsageError where the spec does not say, or nothing can be learnt."""
        if self.spec.train is None:
            message = f"{self.source.path} does not say how to train"
            raise UsageError(message, "add a train: section")
        if not self.totals.params:
            raise UsageError(f"{self.source.path} has nothing to train: no layer has weights")
        return self.spec.train

    @property
    def last_local(self) -> Node | None:
        """The last leaf whose units still differ in what they can see."""
        return next((leaf for leaf in reversed(self.leaves) if leaf.output.local), None)

    @property
    def receptive_field(self) -> list[int | None] | None:
        """Its size in pixels at the last local leaf, for each spatial axis of the input.

        None on an axis where paths have no single size, and as a whole where no leaf is local.
        """
        if (leaf := self.last_local) is None:
            return None
        return [axis.field and axis.field.size for axis in leaf.output.axes]

    @property
    def never_read(self) -> list[list[int]]:
        """For each spatial axis of the input, the positions that no output depends on."""
        axes = zip(self.root.output.axes, self.input[1:], strict=True)
        return [axis.units.never_read(n) for axis, n in axes]

    def span(self, node: Node, *below: str | int) -> Span:
        """Where a node, or an argument of it, is written."""
        return self.source.span((*node.path, *below))
