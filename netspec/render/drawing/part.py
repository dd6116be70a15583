"""A network as a drawing has it: layers in blocks, branches and graphs, each a part that folds.

Uses of blocks are parts, though the built network does not have them as modules, and so are the
copies that `repeat` makes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.diagnostic import Path
from netspec.flow.flow import Shape
from netspec.layers.branches import Branched
from netspec.layers.graph import Graph
from netspec.layers.roles import Group, Join
from netspec.render.drawing.grid import Grid, grid

SHOWN = 40
"""Boxes that are shown at first of a network that has more layers."""
FEW, MORE = 3, 10
"""Boxes that show next to nothing, and how many times as many may be shown then."""


class Part:
    """Some of a network: one below the other, side by side and joined, or wired by name."""

    __slots__ = ("grid", "items", "joins", "label", "names", "open", "shape", "times", "way")

    def __init__(
        self,
        items: Sequence[Part | int],
        label: str = "",
        way: Literal["down", "beside", "wired"] = "down",
        joins: Sequence[str | None] = (),
        names: Sequence[str] = (),
        grid: Grid | None = None,
        times: int = 1,
        shape: Shape = (),
    ) -> None:
        """`items` are parts, and layers by their number; without a label there is no frame.

        `joins` says how what comes in is put together: the ends of paths, or for each of the parts
        of a graph, which have `names`; `shape` is what comes out of it.
        """
        self.items, self.label, self.way, self.joins, self.grid = items, label, way, joins, grid
        self.names, self.times, self.shape = names, times, shape
        self.open = True

    def layers(self) -> Iterator[int]:
        """Numbers of the layers in it, in execution order."""
        for item in self.items:
            if isinstance(item, int):
                yield item
            else:
                yield from item.layers()

    def parts(self) -> Iterator[Part]:
        """The parts right below it that have a frame."""
        for item in self.items:
            if isinstance(item, Part):
                if item.label:
                    yield item
                else:
                    yield from item.parts()

    def all(self) -> Iterator[Part]:
        """It and every part in it."""
        yield self
        for item in self.items:
            if isinstance(item, Part):
                yield from item.all()

    def boxes(self) -> int:
        """Boxes right below it, a framed part as one."""
        return sum(
            item.boxes() if isinstance(item, Part) and not item.label else 1 for item in self.items
        )


def parts(plan: Plan, boxes: int = SHOWN) -> Part:
    """The whole network; of a large one, so much is open that at most `boxes` stand there.

    Those of layers in no block are always there.
    """
    numbers = {id(leaf): number for number, leaf in enumerate(plan.leaves)}
    whole = Part(_row(plan.root.children, 0, numbers))
    if len(plan.leaves) > boxes:
        _fold(whole, boxes)
    return whole


def _fold(whole: Part, boxes: int) -> None:
    """Leave open what there is room for, of one name all or none; copies are folded.

    Where next to nothing would be shown there is more room.
    """
    count, level = whole.boxes(), list(whole.parts())
    for part in whole.all():
        part.open = not part.label or (part.times == 1 and part.boxes() <= MORE * boxes)
    while level:
        for label in dict.fromkeys(part.label for part in level):
            alike = [part for part in level if part.label == label and part.open]
            more = sum(part.boxes() - 1 for part in alike)
            if count + more > (boxes if count > FEW else MORE * boxes):
                for part in alike:
                    part.open = False
            else:
                count += more
        level = [inner for part in level if part.open for inner in part.parts()]


class _Use(NamedTuple):
    """A node beside what it comes from at one level: a use of a block, or an entry of its own."""

    node: Node
    block: tuple[str, Path] | None
    place: Path
    """The entry that it is of, or is in, at the level below."""


def _row(nodes: Sequence[Node], level: int, numbers: dict[int, int]) -> list[Part | int]:
    """Nodes one after the other, in the uses of blocks that they come from below a level."""
    found: list[Part | int] = []
    uses = [_use(node, level) for node in nodes]
    for block, same in groupby(uses, lambda use: use.block):
        if block is None:
            entries = [(use.node.path, _node(use.node, level, numbers)) for use in same]
            for _, alike in groupby(entries, lambda entry: entry[0]):
                found += _repeated([item for _, item in alike])
        else:
            copies = _copies(list(same))
            found += _repeated([
                _framed(block[0], [use.node for use in copy], level + 1, numbers)
                for copy in copies
            ])  # fmt: skip
    return found


def _use(node: Node, level: int) -> _Use:
    trace = node.trace[::-1][level:]
    if not trace:
        return _Use(node, None, node.path)
    return _Use(node, trace[0], trace[1][1] if len(trace) > 1 else node.path)


def _copies(uses: list[_Use]) -> list[list[_Use]]:
    """Uses of one block, taken apart where its entries begin again."""
    copies: list[list[_Use]] = []
    before: Path = ()
    for use in uses:
        if not copies or (use.place != before and use.place == copies[0][0].place):
            copies.append([])
        copies[-1].append(use)
        before = use.place
    return copies


def _repeated(items: list[Part | int]) -> list[Part | int]:
    """Copies of one entry: as one part, where there are several that have parts of their own."""
    last = items[-1]
    if len(items) < 2 or isinstance(last, int):
        return items
    return [Part(items, last.label, times=len(items), shape=last.shape)]


def _framed(label: str, nodes: Sequence[Node], level: int, numbers: dict[int, int]) -> Part:
    """A part around nodes; where they come to one part, that one by both names."""
    items = _row(nodes, level, numbers)
    only = items[0] if len(items) == 1 else None
    if isinstance(only, Part):
        only.label = f"{label}: {only.label}"
        return only
    return Part(items, label, shape=nodes[-1].output.shape if nodes else ())


def _node(node: Node, level: int, numbers: dict[int, int]) -> Part | int:
    if id(node) in numbers:
        return numbers[id(node)]
    name = node.name.rpartition(".")[2]
    named = f"{name}: {node.kind}" if not name.isdigit() else node.kind
    # What is in a composite stands in the blocks that it stands in itself.
    level = len(node.trace)
    if isinstance(node.role, Group):
        label = node.kind if name.isdigit() else name
        return _framed(label, node.children, level, numbers)
    paths: list[Part | int] = [
        Part(_row(child.children, level, numbers)) for child in node.children
    ]
    if isinstance(node.layer, Graph):
        wires = node.layer.wires
        joins = [wire.join for wire in wires.values()]
        wiring = grid(node.layer.reads())
        return Part(paths, named, "wired", joins, list(wires), wiring, shape=node.output.shape)
    assert isinstance(node.role, Join)
    if isinstance(node.layer, Branched) and node.layer.beside_input:
        paths.insert(0, Part([]))
    return Part(paths, named, "beside", [node.role.by], shape=node.output.shape)
