"""What is written and marked in each box of a drawing, whatever it is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from netspec.compiler.node import Node
from netspec.compiler.plan import BYTES, Plan
from netspec.diagnostic import Diagnostic, Severity
from netspec.flow.flow import Shape
from netspec.layers.base import shape_text
from netspec.layers.roles import Activation, Dropout, Identity, Norm, Rescale
from netspec.render.drawing.layout import Box, Layout
from netspec.render.drawing.part import SHOWN, Part, parts
from netspec.render.safe import escape, width
from netspec.render.table import kernel
from netspec.render.words import plural

LETTERS = 17
"""Letters that the first line of a box has room for; the second has room for two more."""
COSTS = ("parameters", "MACs", "bytes of output")
WORST: tuple[Severity, ...] = ("error", "warning", "note")
SYMBOLS = {"add": "+", "concat": "‖", "multiply": "×"}
_LOW = (Norm, Activation, Dropout, Identity, Rescale)


class Words(NamedTuple):
    """What a box says: two lines, the second empty where one is enough, and all of it."""

    first: str
    second: str
    whole: str


class Picture:
    """A plan with its parts, their places and what each box says."""

    def __init__(self, plan: Plan, findings: Sequence[Diagnostic] = (), boxes: int = SHOWN) -> None:
        self.plan, self.leaves = plan, plan.leaves
        self.parts = parts(plan, boxes)
        self.layout = Layout(self.parts, self.low)
        self.costs = [costs(leaf) for leaf in plan.leaves]
        numbers = {leaf.name: number for number, leaf in enumerate(plan.leaves)}
        self.marks: dict[int, Severity] = {}
        for severity in WORST:
            for one in findings:
                if one.severity == severity and one.layer in numbers:
                    self.marks.setdefault(numbers[one.layer], severity)
        shown = [self.cost(box) for box in self.layout.boxes]
        self.most = [max(column, default=0) for column in zip(*shown, strict=True)]

    def low(self, layer: int) -> bool:
        """Whether a layer is drawn as one line."""
        return low(self.leaves[layer])

    def words(self, box: Box) -> Words:
        """What a box says."""
        if isinstance(box.item, Part):
            return part_words(box.item)
        return layer_words(self.leaves[box.item])

    def cost(self, box: Box) -> tuple[int, ...]:
        """What `COSTS` names of all in a box."""
        layers = [box.item] if isinstance(box.item, int) else box.item.layers()
        return tuple(map(sum, zip(*(self.costs[one] for one in layers), strict=True)))

    def mark(self, box: Box) -> Severity | None:
        """The worst that was found of what is in a box."""
        layers = [box.item] if isinstance(box.item, int) else box.item.layers()
        found = [self.marks[one] for one in layers if one in self.marks]
        return min(found, key=WORST.index, default=None)


def costs(leaf: Node) -> tuple[int, int, int]:
    """What `COSTS` names, for one sample."""
    return leaf.params, leaf.macs, BYTES * leaf.output.numel


def low(leaf: Node) -> bool:
    """Whether a layer is drawn as one line: it leaves the shape as it is."""
    return isinstance(leaf.role, _LOW)


def layer_words(leaf: Node) -> Words:
    """What the box of a layer says."""
    first = f"{leaf.kind} {kernel(leaf)}".strip()
    sizes = _sizes(leaf.output.shape)
    name = escape(leaf.name)
    told = name
    while told and width(told) + len(sizes) > LETTERS + 1:
        told = told.partition(".")[2]
    whole = f"{name} {leaf.kind} {shape_text(leaf.output.shape)}"
    return Words(cut(first), "" if low(leaf) else f"{told} {sizes}".strip(), whole)


def part_words(part: Part) -> Words:
    """What the box of a folded part says, and the frame of one that is not."""
    times = f" ×{part.times}" if part.times > 1 else ""
    label = escape(part.label)
    count = plural(sum(1 for _ in part.layers()), "layer")
    sizes = _sizes(part.shape)
    second = f"{count} {sizes}" if len(count) + len(sizes) < LETTERS else sizes
    return Words(cut(label, LETTERS - len(times)) + times, second, f"{label}{times}, {count}")


def cut(text: str, room: int = LETTERS) -> str:
    """A text, or as much of it as a line has room for."""
    return text if width(text) <= room else f"{text[: room - 1]}…"


def _sizes(shape: Shape) -> str:
    return "×".join(map(str, shape))
