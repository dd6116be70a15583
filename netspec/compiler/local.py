"""Where the units of a network last differ in what they can see."""

from collections.abc import Sequence
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.flow.axis import Axis, seen
from netspec.flow.receptive_field import Jump
from netspec.flow.units import Units
from netspec.layers.base import Composite, Leaf
from netspec.layers.roles import Group, Wiring


class Local(NamedTuple):
    """The last place whose units differ in what they can see: a layer, or paths put together."""

    node: Node
    axes: tuple[Axis, ...]
    """Its units for each spatial axis of the input; where it is paths each of which ends in units
    that all see the same, those of all paths before that."""
    apart: frozenset[int] = frozenset()
    """Axes on which the units of such paths stand at different places."""

    @property
    def size(self) -> list[int | None]:
        """The receptive field in pixels for each axis; None where paths have no single size."""
        return sizes(self.axes)

    @property
    def longest(self) -> list[int]:
        """The same; where there is no single size, the longest stretch that any unit sees."""
        return longest(self.axes)

    @property
    def jump(self) -> list[Jump]:
        """Pixels between neighbouring units, likewise."""
        return [axis.field and axis.field.jump for axis in self.axes]

    @property
    def start(self) -> list[int | None]:
        """The first pixel that unit 0 reads, before clipping, likewise."""
        return [axis.field and axis.field.start for axis in self.axes]

    @property
    def seen(self) -> list[tuple[int, int] | None]:
        """First and last pixel that the centre unit depends on."""
        found = seen(self.axes)
        return [None if i in self.apart else ends for i, ends in enumerate(found)]


def sizes(axes: Sequence[Axis]) -> list[int | None]:
    """The receptive field in pixels of each axis; None where paths have no single size."""
    return [axis.field and axis.field.size for axis in axes]


def longest(axes: Sequence[Axis]) -> list[int]:
    """The same; where there is no single size, the longest stretch that any unit sees."""
    return [axis.field.size if axis.field else axis.units.widest for axis in axes]


def last_local(node: Node) -> Local | None:
    """The last such place in a node; None where all of its units see the same."""
    if isinstance(node.layer, Leaf):
        return Local(node, node.output.axes) if node.output.local else None
    if isinstance(node.role, Group):
        for child in reversed(node.children):
            if found := last_local(child):
                return found
        return Local(node, node.output.axes) if node.output.local else None
    if node.output.local:
        return Local(node, node.output.axes)
    if isinstance(node.role, Wiring):
        return _wired(node)
    paths = [last_local(child) for child in node.children]
    if not any(paths):
        return None
    before = Local(node, node.input.axes) if node.input.local else None
    ends = [end for path in paths if (end := path or before)]
    if len(ends) == 1:
        return ends[0]
    return _together(node, ends)


def _wired(node: Node) -> Local | None:
    """The last such place on the ways that lead to the output of parts that read each other."""
    assert isinstance(node.layer, Composite)
    before = Local(node, node.input.axes) if node.input.local else None
    found: dict[str, Local | None] = {}
    for (name, sources), child in zip(node.layer.reads().items(), node.children, strict=True):
        own = last_local(child)
        if own is None:
            ends = [end for source in sources if (end := found.get(source, before))]
            own = ends[0] if len(ends) == 1 else _together(node, ends) if ends else None
        found[name] = own
    last = found[name]
    return None if last and before and last.axes is before.axes else last


def _together(node: Node, ends: Sequence[Local]) -> Local:
    axes, apart = [], set()
    for i, each in enumerate(zip(*(end.axes for end in ends), strict=True)):
        joined = each[0]
        if any(i in end.apart for end in ends) or len({a.units.count for a in each}) > 1:
            apart.add(i)
            first = tuple(first for axis in each for first in axis.units.first)
            last = tuple(last for axis in each for last in axis.units.last)
            joined = Axis(Units(first, last), None, None)
        else:
            for other in each[1:]:
                joined = joined.join(other, node.output.work)
        axes.append(joined)
    return Local(node, tuple(axes), frozenset(apart))
