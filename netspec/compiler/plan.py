"""The compiled network: a tree of nodes with their facts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import NamedTuple

from netspec.compiler import memory
from netspec.compiler.chains import Chain, chains
from netspec.compiler.findings import Trace
from netspec.diagnostic import Path, Span, UsageError
from netspec.flow.flow import Flow, Shape
from netspec.language.spec import Spec
from netspec.language.training import Part, Train, inferred
from netspec.layers.base import Layer, Leaf, Recipe
from netspec.layers.roles import Move, Role, Softmax
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


class Totals(NamedTuple):
    """Sums over the leaf layers, for one sample."""

    params: int
    buffers: int
    macs: int
    activation_bytes: int
    """float32 bytes of every leaf's output."""
    training_bytes: int
    """Bytes that autograd keeps for the backward pass in training, in a batch of one."""


@dataclass
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

    @cached_property
    def chains(self) -> list[Chain]:
        """What follows what; the chain from the input to the output comes first."""
        return chains(self.root)

    @property
    def head(self) -> Iterator[Node]:
        """The layers that lead to the output, last first, without those that only move elements."""
        return (node for node in reversed(self.chains[0]) if not isinstance(node.role, Move))

    @property
    def last(self) -> Node | None:
        """The last layer that computes something in evaluation."""
        return next((node for node in self.head if not node.passes(training=False)), None)

    @property
    def loss(self) -> Part:
        """The loss that it is trained with; where the spec names none, what the last layer asks."""
        if self.spec.train and self.spec.train.loss:
            return self.spec.train.loss
        role = self.last.role if self.last else None
        return inferred(logarithms=isinstance(role, Softmax) and role.log)

    @property
    def last_local(self) -> Node | None:
        """The last leaf whose units still differ in what they can see."""
        return next((leaf for leaf in reversed(self.leaves) if leaf.output.local), None)

    @property
    def never_read(self) -> list[list[int]]:
        """For each spatial axis of the input, the positions that no output depends on."""
        axes = zip(self.root.output.axes, self.input[1:], strict=True)
        return [axis.units.never_read(n) for axis, n in axes]

    def span(self, node: Node, *below: str | int) -> Span:
        """Where a node, or an argument of it, is written."""
        return self.source.span((*node.path, *below))


def totals(root: Node, leaves: list[Node]) -> Totals:
    """Sums over the leaf layers of `root`."""
    return Totals(
        params=sum(leaf.params for leaf in leaves),
        buffers=sum(leaf.buffer_count for leaf in leaves),
        macs=sum(leaf.macs for leaf in leaves),
        activation_bytes=BYTES * sum(leaf.output.numel for leaf in leaves),
        training_bytes=sum(memory.kept(root)),
    )
