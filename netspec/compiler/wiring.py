"""The network as a graph: layers, places where paths meet, and which of them read which."""

from collections.abc import Iterable
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.layers.base import Leaf
from netspec.layers.branches import Branched
from netspec.layers.graph import INPUT, Graph
from netspec.layers.roles import Join


class Place(NamedTuple):
    """A layer, or a place where paths meet."""

    name: str
    """Module path of the layer, of the composite that joins, or of the graph's node that does."""
    node: Node
    join: str | None = None
    """How paths are put together; None of a layer."""


class Wiring(NamedTuple):
    """Places in execution order, and (source, reader) for each that reads another."""

    places: list[Place]
    wires: list[tuple[int, int]]
    """Indexes of places; the source -1 is the input."""
    output: int
    """The place that the network ends with."""


def wiring(root: Node) -> Wiring:
    """The graph of a network."""
    found = Wiring([], [], -1)
    return found._replace(output=_walk(root, -1, found))


def _walk(node: Node, at: int, found: Wiring) -> int:
    """The place behind a node that reads the one at `at`."""
    if isinstance(node.layer, Leaf):
        return _place(Place(node.name, node), [at], found)
    if isinstance(node.layer, Branched):
        ends = [_walk(child, at, found) for child in node.children]
        assert isinstance(node.role, Join)
        both = [at] * node.layer.beside_input + ends
        return _place(Place(node.name, node, node.role.by), both, found)
    if isinstance(node.layer, Graph):
        ends_of = {INPUT: at}
        for (name, wire), child in zip(node.layer.wires.items(), node.children, strict=True):
            at = ends_of[wire.reads[0]]
            if wire.join:
                reads = [ends_of[one] for one in wire.reads]
                at = _place(Place(child.name, child, wire.join), reads, found)
            ends_of[name] = _walk(child, at, found)
        return ends_of[name]
    for child in node.children:
        at = _walk(child, at, found)
    return at


def _place(place: Place, reads: Iterable[int], found: Wiring) -> int:
    found.places.append(place)
    here = len(found.places) - 1
    found.wires.extend((source, here) for source in dict.fromkeys(reads))
    return here
