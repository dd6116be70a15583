"""Who reads whom, unit by unit: each layer, and each place where paths meet, as links.

A link tells of each axis of the input which positions of the place before it a unit behind it
reads. It is what a layer makes of a flow whose units each read themselves alone; chained from the
input on, links give the units of the analysis again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.axis import Axis
from netspec.flow.flow import Flow
from netspec.flow.receptive_field import Field
from netspec.flow.units import Units
from netspec.flow.work import Work
from netspec.layers.base import Leaf
from netspec.layers.branches import Branched
from netspec.layers.graph import INPUT, Graph


class Link(NamedTuple):
    """A place that reads another; places are numbered, the layers first, -1 is the input."""

    source: int
    reader: int
    reads: tuple[Units, ...]
    """For each axis of the input, what units of the reader read; one where all read the same."""


def links(plan: Plan) -> list[Link]:
    """Every link, behind those to the place that it reads; Fault where they cost too much."""
    return _Links(plan).found


class _Links:
    def __init__(self, plan: Plan) -> None:
        self.found: list[Link] = []
        self.numbers = {id(leaf): number for number, leaf in enumerate(plan.leaves)}
        self.next = len(plan.leaves)
        self.work = Work()
        self.known: dict[tuple[object, ...], tuple[Units, ...]] = {}
        self.row(plan.root.children, -1)

    def row(self, nodes: Sequence[Node], at: int) -> int:
        """The place behind nodes that run one after the other from a place."""
        for node in nodes:
            at = self.node(node, at)
        return at

    def node(self, node: Node, at: int) -> int:
        if isinstance(node.layer, Leaf):
            reader = self.numbers[id(node)]
            alongs = tuple(axis.along for axis in node.input.axes)
            key = (id(node.layer), node.input.shape, node.input.channels, alongs)
            if key not in self.known:
                self.known[key] = _reads(node.layer.flow(self.alone(node.input)), node.output)
            self.found.append(Link(at, reader, self.known[key]))
            return reader
        if isinstance(node.layer, Graph):
            return self.graph(node, node.layer, at)
        if not isinstance(node.layer, Branched):
            return self.row(node.children, at)
        ends = [self.row(child.children, at) for child in node.children]
        flows = [child.output for child in node.children]
        if node.layer.beside_input:
            return self.joined(node, [at, *ends], [node.input, *flows])
        return self.joined(node, ends, flows)

    def graph(self, node: Node, layer: Graph, at: int) -> int:
        """The place behind the last node of a graph."""
        places, flows = {INPUT: at}, {INPUT: node.input}
        for (name, wire), child in zip(layer.wires.items(), node.children, strict=True):
            at = places[wire.reads[0]]
            if len(wire.reads) > 1:
                at = self.next
                self.next += 1
                each = [flows[one] for one in wire.reads]
                for i, one in enumerate(wire.reads):
                    y = layer.joined(name, wire, self.others_dark(each, i))
                    self.found.append(Link(places[one], at, _reads(y, child.input)))
            places[name], flows[name] = self.row(child.children, at), child.output
        return places[name]

    def joined(self, node: Node, ends: Sequence[int], flows: Sequence[Flow]) -> int:
        """The place where the paths of a composite meet."""
        assert isinstance(node.layer, Branched)
        reader = self.next
        self.next += 1
        for i, end in enumerate(ends):
            alone = self.others_dark(flows, i)
            x = alone.pop(0) if node.layer.beside_input else self.dark(node.input)
            self.found.append(Link(end, reader, _reads(node.layer.join(x, alone), node.output)))
        return reader

    def others_dark(self, flows: Sequence[Flow], own: int) -> list[Flow]:
        """Flows of which one reads itself and the others nothing."""
        return [self.alone(x) if i == own else self.dark(x) for i, x in enumerate(flows)]

    def alone(self, flow: Flow) -> Flow:
        """A flow of the same shape whose units each read themselves."""
        counts = [1 if axis.along is None else flow.shape[axis.along] for axis in flow.axes]
        axes = (
            Axis(Units.identity(n), Field(), axis.along)
            for n, axis in zip(counts, flow.axes, strict=True)
        )
        return flow._replace(axes=tuple(axes), work=self.work)

    def dark(self, flow: Flow) -> Flow:
        """A flow of the same shape whose units read nothing."""
        return flow._replace(axes=tuple(axis.blank for axis in flow.axes), work=self.work)


def _reads(y: Flow, real: Flow) -> tuple[Units, ...]:
    """What units read, one alone on an axis where all units read the same."""
    return tuple(
        own.units.whole() if axis.along is None and own.along is not None else own.units
        for own, axis in zip(y.axes, real.axes, strict=True)
    )
