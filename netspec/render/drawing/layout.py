"""Where the parts of a network stand, and the lines between them.

A part has its width and height from what is in it, and leads from the middle of its upper edge to
the middle of its lower one. The page's script has the same rules, as what is folded changes there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netspec.render.drawing.part import Part

WIDTH, HEIGHT, LOW = 172, 34, 20
"""A box, and the height of one that has a single line."""
GAP, CLOSE, PAD, HEAD = 10, 3, 8, 18
"""Between boxes, above one of a single line, around what is in a frame, and for its name."""
FORK, DOT, STEM = 16, 9, 6
"""Where paths part and meet, the radius of a join, and the line below it in a graph."""
ROW, LANE = 30, 12
"""Between the rows of a graph, and between the lines past them."""

Size = tuple[float, float]


class Box(NamedTuple):
    """A layer, or a part that is folded."""

    x: float
    y: float
    height: float
    item: Part | int


class Frame(NamedTuple):
    """A part that is open and has a name."""

    x: float
    y: float
    width: float
    height: float
    part: Part


class Name(NamedTuple):
    """What a node of a graph is called, right of the line that leads to it."""

    x: float
    y: float
    text: str


class Join(NamedTuple):
    """A place where paths meet."""

    x: float
    y: float
    by: str


class Layout:
    """A network whose parts have their places."""

    def __init__(self, whole: Part, low: Callable[[int], bool]) -> None:
        """`low` tells of which layers a line is enough."""
        self.low = low
        self.boxes: list[Box] = []
        self.frames: list[Frame] = []
        self.joins: list[Join] = []
        self.names: list[Name] = []
        self.lines: list[str] = []
        self._sizes: dict[int, Size] = {}
        self.width, self.height = self._size(whole)
        self._put(whole, 0, 0)

    def _size(self, item: Part | int) -> Size:
        if isinstance(item, int):
            return WIDTH, LOW if self.low(item) else HEIGHT
        if id(item) not in self._sizes:
            self._sizes[id(item)] = self._sized(item)
        return self._sizes[id(item)]

    def _gap(self, item: Part | int) -> int:
        """The space above an item that is not the first."""
        return CLOSE if isinstance(item, int) and self.low(item) else GAP

    def _sized(self, part: Part) -> Size:
        if not part.open:
            return WIDTH, HEIGHT
        sizes = [self._size(item) for item in part.items]
        if part.way == "wired":
            _, ys, width = self._grid(part)
            height = ys[-1][0]
        elif part.way == "beside":
            width = sum(w for w, _ in sizes) + 2 * GAP * (len(sizes) - 1)
            height = max(h for _, h in sizes) + 2 * FORK + 2 * DOT
        else:
            width = max((w for w, _ in sizes), default=2 * GAP)
            height = sum(h for _, h in sizes) + sum(map(self._gap, part.items[1:]))
        return (width + 2 * PAD, height + HEAD + 2 * PAD) if part.label else (width, height)

    def _grid(
        self, part: Part
    ) -> tuple[list[tuple[float, float]], list[tuple[float, float]], float]:
        """Left edge and width of each column, top and height of each row and the end, the width."""
        assert part.grid
        places, _, lanes = part.grid
        columns = 1 + max([c for _, c in places] + [lane.column - 1 for lane in lanes])
        widths, heights = [0.0] * columns, [0.0] * (1 + max(r for r, _ in places))
        for (row, column), item, join in zip(places, part.items, part.joins, strict=True):
            width, height = self._size(item)
            widths[column] = max(widths[column], width, 2 * DOT)
            heights[row] = max(heights[row], height + (2 * DOT + STEM if join else 0))
        slots = [
            max([lane.slot + 1 for lane in lanes if lane.column == c], default=0)
            for c in range(columns + 1)
        ]
        xs, x = [], 0.0
        for column in range(columns):
            x += LANE * slots[column] + (GAP if column else 0)
            xs.append((x, widths[column]))
            x += widths[column]
        xs.append((x + GAP + LANE * slots[columns], 0))
        ys, y = [], float(ROW)
        for height in heights:
            ys.append((y, height))
            y += height + ROW
        ys.append((y, 0))
        return xs, ys, xs[-1][0] if slots[columns] else x

    def _put(self, item: Part | int, x: float, y: float) -> None:
        width, height = self._size(item)
        if isinstance(item, int) or not item.open:
            self.boxes.append(Box(x, y, height, item))
            return
        middle = x + width / 2
        if item.label:
            self.frames.append(Frame(x, y, width, height, item))
            self._line(middle, y, y + HEAD + PAD)
            self._line(middle, y + height - PAD, y + height)
            x, y, width, height = x + PAD, y + HEAD + PAD, width - 2 * PAD, height - HEAD - 2 * PAD
        if item.way == "wired":
            self._wired(item, x, y, middle, y + height)
        elif item.way == "beside":
            self._beside(item, x, y, middle, y + height)
        else:
            if not item.items:
                self._line(middle, y, y + height)
            for i, one in enumerate(item.items):
                w, h = self._size(one)
                if i:
                    gap = self._gap(one)
                    self._line(middle, y, y + gap)
                    y += gap
                self._put(one, middle - w / 2, y)
                y += h

    def _beside(self, part: Part, x: float, y: float, middle: float, end: float) -> None:
        low = end - 2 * DOT - FORK
        for one in part.items:
            w, h = self._size(one)
            at = x + w / 2
            self._curve(middle, y, at, y + FORK)
            self._put(one, x, y + FORK)
            self._line(at, y + FORK + h, low)
            self._curve(at, low, middle, low + FORK)
            x += w + 2 * GAP
        self.joins.append(Join(middle, end - DOT, part.joins[0] or ""))

    def _wired(self, part: Part, x: float, y: float, middle: float, end: float) -> None:
        assert part.grid
        places, wires, lanes = part.grid
        xs, ys, _ = self._grid(part)
        ends = {-1: (middle, y, y)}
        """Middle, lower edge and the lower edge of its row, of each node."""
        tops = []
        for (row, column), item, join in zip(places, part.items, part.joins, strict=True):
            left, width = xs[column]
            top, height = ys[row]
            w, h = self._size(item)
            at, upper = x + left + width / 2, y + top
            tops.append((at, upper))
            self.names.append(
                Name(at + DOT + 3, upper + (DOT + 4 if join else -5), part.names[len(tops) - 1])
            )
            if join:
                self.joins.append(Join(at, upper + DOT, join))
                self._line(at, upper + 2 * DOT, upper + 2 * DOT + STEM)
                upper += 2 * DOT + STEM
            self._put(item, at - w / 2, upper)
            ends[len(tops) - 1] = (at, upper + h, y + top + height)
        for source in dict.fromkeys(wire.source for wire in wires):
            at, low, edge = ends[source]
            self._line(at, low, edge)
            mine = [wire for wire in wires if wire.source == source]
            far = [wire for wire in mine if wire.lane is not None]
            if far and far[0].lane is not None:
                lane = lanes[far[0].lane]
                way = x + xs[lane.column][0] - (GAP if lane.column else 0) / 2
                way -= LANE * (lane.slot + 0.5)
                self._curve(at, edge, way, edge + ROW)
                last = max(places[wire.reader][0] for wire in far)
                self._line(way, edge + ROW, y + ys[last][0] - ROW)
                for wire in far:
                    to, upper = tops[wire.reader]
                    self._curve(way, upper - ROW, to, upper)
            for wire in mine:
                if wire.lane is None:
                    self._curve(at, edge, *tops[wire.reader])
        at, low, edge = ends[len(tops) - 1]
        self._line(at, low, edge)
        self._curve(at, edge, middle, end)

    def _line(self, x: float, y: float, to: float) -> None:
        if y != to:
            self.lines.append(f"M{x:g} {y:g}V{to:g}")

    def _curve(self, x: float, y: float, to: float, end: float) -> None:
        half = (y + end) / 2
        if x == to:
            self._line(x, y, end)
        else:
            self.lines.append(f"M{x:g} {y:g}C{x:g} {half:g} {to:g} {half:g} {to:g} {end:g}")
