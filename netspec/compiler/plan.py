"""The compiled network: a tree of nodes, and what follows from it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple

from netspec.compiler.chains import Chain, chains
from netspec.compiler.local import Local, last_local
from netspec.compiler.node import Node
from netspec.diagnostic import Path, Span, UsageError
from netspec.flow.flow import Shape
from netspec.language.spec import Spec
from netspec.language.training import TASKS, Choice, LossTraits, TaskTraits, Train, inferred
from netspec.layers.base import shape_text
from netspec.layers.roles import Move, Norm, Softmax
from netspec.source import Source

BYTES = 4
"""Bytes of a float32."""


class Totals(NamedTuple):
    """Sums over the leaf layers, for one sample."""

    params: int
    buffers: int
    macs: int
    activation_bytes: int
    """float32 bytes of every leaf's output."""
    training_bytes: int
    """Bytes that autograd keeps for the backward pass in training, in a batch of one."""


@dataclass(repr=False)
class Plan:
    """A network with every fact worked out."""

    name: str
    spec: Spec
    source: Source
    root: Node
    leaves: list[Node]
    totals: Totals

    def __repr__(self) -> str:
        shapes = f"{shape_text(self.input)} to {shape_text(self.output)}"
        layers = f"{len(self.leaves):,} layer{'s' * (len(self.leaves) != 1)}"
        return f"<Plan {self.name}: {shapes}, {self.totals.params:,} params in {layers}>"

    def __str__(self) -> str:
        from netspec.render import table

        return table.render(self)

    def _repr_html_(self) -> str:
        from netspec.render import notebook

        return notebook.plan(self)

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
    def needs_two(self) -> Node | None:
        """The first layer that torch does not train on a batch of one: it norms single values."""
        return next(
            (
                node
                for node in self.leaves
                if isinstance(node.role, Norm)
                and node.role.over == "batch"
                and prod(node.input.shape[1:]) == 1
            ),
            None,
        )

    @cached_property
    def chains(self) -> list[Chain]:
        """What follows what; the chain from the input to the output comes first."""
        return chains(self.root)

    @cached_property
    def uses(self) -> Counter[Path]:
        """How many layers come from each entry of the spec."""
        return Counter(leaf.path for leaf in self.leaves)

    @property
    def head(self) -> Iterator[Node]:
        """The layers that lead to the output, last first, without those that only move elements."""
        return (node for node in reversed(self.chains[0]) if not isinstance(node.role, Move))

    @property
    def last(self) -> Node | None:
        """The last layer that computes something in evaluation."""
        return next((node for node in self.head if not node.passes(training=False)), None)

    @property
    def loss(self) -> Choice[LossTraits]:
        """The loss that it is trained with; where the spec names none, what the last layer asks."""
        if self.spec.train and self.spec.train.loss:
            return self.spec.train.loss
        role = self.last.role if self.last else None
        logarithms = isinstance(role, Softmax) and role.log
        return inferred(self.task.traits.targets, logarithms=logarithms)

    @property
    def task(self) -> Choice[TaskTraits]:
        """What it is trained for; where the spec leaves it to the data, classification."""
        told = self.spec.train and self.spec.train.told
        return told or TASKS.read(next(iter(TASKS.words)))

    @cached_property
    def local(self) -> Local | None:
        """The last place whose units still differ in what they can see; None where none do."""
        return last_local(self.root)

    @property
    def receptive_field(self) -> list[int | None] | None:
        """Its size in pixels at that place, for each spatial axis of the input.

        None on an axis where paths have no single size, and as a whole where there is no such
        place.
        """
        return self.local and self.local.size

    @property
    def never_read(self) -> list[list[int]]:
        """For each spatial axis of the input, the positions that no output depends on."""
        axes = zip(self.root.output.axes, self.input[1:], strict=True)
        return [axis.units.never_read(n) for axis, n in axes]

    def span(self, node: Node, *below: str | int) -> Span:
        """Where a node, or an argument of it, is written."""
        return self.source.span((*node.path, *below))
