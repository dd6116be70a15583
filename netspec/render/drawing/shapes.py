"""A drawing as rectangles, circles, lines and texts, whatever it is written with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from netspec.compiler.plan import Plan
from netspec.diagnostic import Diagnostic
from netspec.layers.base import shape_text
from netspec.render.drawing.layout import DOT, WIDTH, Box
from netspec.render.drawing.part import SHOWN, Part
from netspec.render.drawing.picture import COSTS, SYMBOLS, Picture, cut, part_words
from netspec.render.safe import escape

MARGIN = 12
HEAD, FOOT = 40, 26
"""Above the drawing for its title, and below for what the bars mean."""
LETTER = 6.2
"""About the width of a letter of the facts."""
BAR, LONG = 4, 44
"""Height of a bar and its greatest length."""


class Shape(NamedTuple):
    """Something that is drawn; its look is what `web/drawing.css` says of its class."""

    look: str
    tag: Literal["rect", "circle", "text", "path"]
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    """Of a rectangle; `width` of a circle is its radius."""
    text: str = ""
    """Words, or the path as SVG has it."""
    title: str = ""
    """What is told of it where a pointer rests on it."""


class Sheet(NamedTuple):
    """A whole drawing."""

    width: float
    height: float
    title: str
    facts: str
    shapes: Sequence[Shape]


def sheet(plan: Plan, findings: Sequence[Diagnostic] = (), boxes: int = SHOWN) -> Sheet:
    """The drawing of a plan, with findings at their layers."""
    drawn = Picture(plan, findings, boxes)
    layout, totals = drawn.layout, plan.totals
    height = layout.height + HEAD + FOOT + 2 * MARGIN
    shapes = f"{shape_text(plan.input)} to {shape_text(plan.output)}"
    facts = f"{shapes}, {totals.params:,} parameters, {totals.macs:,} MACs"
    title = escape(plan.name)
    width = max(layout.width, LETTER * len(facts)) + 2 * MARGIN
    left, top = (width - layout.width) / 2, MARGIN + HEAD
    found = [
        Shape("paper", "rect", 0, 0, width, height),
        Shape("name", "text", MARGIN, MARGIN + 13, text=cut(title, int(width / 9))),
        Shape("small", "text", MARGIN, MARGIN + 29, text=facts),
        *_inside(drawn, left, top),
        *_legend(MARGIN, height - MARGIN - 8),
    ]
    return Sheet(width, height, title, facts, found)


def _inside(drawn: Picture, left: float, top: float) -> Iterator[Shape]:
    layout = drawn.layout
    for x, y, width, height, part in layout.frames:
        yield Shape("frame", "rect", left + x, top + y, width, height)
        yield Shape("label", "text", left + x + 8, top + y + 14, text=part_words(part).first)
    for line in layout.lines:
        yield Shape("line", "path", left, top, text=line)
    for x, y, text in layout.names:
        yield Shape("label", "text", left + x, top + y, text=cut(escape(text), 12))
    for x, y, by in layout.joins:
        yield Shape("join", "circle", left + x, top + y, DOT, title=by)
        yield Shape("by", "text", left + x, top + y + 4.5, text=SYMBOLS[by])
    for box in layout.boxes:
        yield from _box(drawn, box, left + box.x, top + box.y)


def _box(drawn: Picture, box: Box, x: float, y: float) -> Iterator[Shape]:
    first, second, whole = drawn.words(box)
    if isinstance(box.item, Part):
        yield Shape("box", "rect", x + 3, y + 3, WIDTH, box.height)
    yield Shape("box", "rect", x, y, WIDTH, box.height, title=whole)
    yield Shape("first", "text", x + 7, y + 14, text=first)
    if second:
        yield Shape("small", "text", x + 7, y + 27, text=second)
    top = y + (box.height - 3 * BAR - 4) / 2
    for i, (cost, most) in enumerate(zip(drawn.cost(box), drawn.most, strict=True)):
        if cost:
            long = max(0.5, round(LONG * cost / most, 2))
            yield Shape(f"bar{i}", "rect", x + WIDTH - LONG - 6, top + 6 * i, long, BAR)
    if mark := drawn.mark(box):
        yield Shape(mark, "circle", x + WIDTH, y, 4.5, title=mark)


def _legend(x: float, y: float) -> Iterator[Shape]:
    for i, cost in enumerate(COSTS):
        yield Shape(f"bar{i}", "rect", x, y - 8, 14, 8)
        yield Shape("small", "text", x + 18, y, text=cost)
        x += 34 + 6 * len(cost)
