"""A drawing: boxes stand apart, nothing is lost, and the page's script draws what Python does."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netspec import compiler, source
from netspec.render import page
from netspec.render.drawing.layout import WIDTH, Layout
from netspec.render.drawing.part import SHOWN, Part, parts
from netspec.render.drawing.picture import Picture

if TYPE_CHECKING:
    from browser import Browser

ROOT = Path(__file__).parents[3]
PATHS = sorted(f"{path.parent.name}/{path.name}" for folder in ("specs", "examples")
               for path in (ROOT / folder).glob("*.yaml"))  # fmt: skip
DRAWN = ["specs/mnist-8k.yaml", "examples/resnet50.yaml", "examples/hrnet.yaml"]


def picture(path: str) -> Picture:
    return Picture(compiler.compile(source.load(ROOT / path)))


def inside(item: Part | int) -> list[int]:
    return [item] if isinstance(item, int) else list(item.layers())


@pytest.mark.parametrize("path", PATHS)
def test_every_layer_is_in_one_box_and_boxes_stand_apart_within_the_drawing(path: str) -> None:
    drawn = picture(path)
    layout = drawn.layout
    layers = [layer for box in layout.boxes for layer in inside(box.item)]
    assert sorted(layers) == list(range(len(drawn.leaves)))
    assert len(layout.boxes) <= max(SHOWN, len(list(drawn.parts.items)))
    for i, a in enumerate(layout.boxes):
        assert 0 <= a.x <= layout.width - WIDTH
        assert 0 <= a.y <= layout.height - a.height
        for b in layout.boxes[:i]:
            beside = a.x + WIDTH <= b.x or b.x + WIDTH <= a.x
            assert beside or a.y + a.height <= b.y or b.y + b.height <= a.y


@pytest.mark.parametrize("path", PATHS)
def test_no_line_runs_through_a_box(path: str) -> None:
    layout = picture(path).layout
    for line in layout.lines:
        # A curve stays between its ends, and in the middle of them it is between both.
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", line)]
        ends = (numbers[0], numbers[1], numbers[-2] if "C" in line else numbers[0], numbers[-1])
        for at, up, to, low in [ends] if ends[0] == ends[2] else pieces(*ends):
            for box in layout.boxes:
                apart = max(at, to) <= box.x or min(at, to) >= box.x + WIDTH
                assert apart or low <= box.y or up >= box.y + box.height, line


def pieces(x: float, y: float, to: float, end: float) -> list[tuple[float, float, float, float]]:
    """A curve as short straight lines."""
    points = []
    for i in range(17):
        t = i / 16
        share = 3 * t * t * (1 - t) + t**3
        down = 1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t**3
        points.append((x + (to - x) * share, y + (end - y) * down))
    return [(*a, *b) for a, b in pairwise(points)]


def test_uses_of_blocks_and_copies_are_parts_that_fold() -> None:
    text = """
input: [1, 28, 28]
blocks:
  unit: {args: {out_channels: }, layers: [{Conv2d: [$out_channels, 3]}, ReLU]}
layers:
  - unit: 8
  - {repeat: 3, unit: 8}
  - {name: head, Sequential: [Flatten, {Linear: 10}]}
"""
    whole = parts(compiler.compile(source.parse(text, "it.yaml")))

    def told(item: Part | int) -> Any:
        if isinstance(item, int):
            return item
        return (item.label, item.times, [told(one) for one in item.items])

    unit = [("unit", 1, [2, 3]), ("unit", 1, [4, 5]), ("unit", 1, [6, 7])]
    assert [told(item) for item in whole.items] == [
        ("unit", 1, [0, 1]), ("unit", 3, unit), ("head", 1, [8, 9]),
    ]  # fmt: skip


def test_a_folded_part_is_one_box_with_the_costs_of_all_that_is_in_it() -> None:
    drawn = picture("examples/resnet50.yaml")
    folded = [box for box in drawn.layout.boxes if isinstance(box.item, Part)]
    assert folded
    for box in folded:
        leaves = [drawn.leaves[one] for one in inside(box.item)]
        assert drawn.cost(box)[:2] == (sum(x.params for x in leaves), sum(x.macs for x in leaves))


@pytest.mark.parametrize("path", DRAWN)
def test_the_script_lays_out_what_python_does_folded_and_unfolded(
    path: str, tmp_path: Path, browser: Browser
) -> None:
    plan = compiler.compile(source.load(ROOT / path))
    file = tmp_path / "page.html"
    file.write_text(page.render(plan, []), encoding="utf-8")
    found = browser.run(
        file,
        """
        return page.evaluate(() => {
          const data = JSON.parse(document.getElementById("data").textContent);
          const inside = (item) => typeof item === "number" ? [item] : item.items.flatMap(inside);
          const low = (layer) => data.layers[layer].low;
          return [(part) => part.open !== false, () => true].map((open) => {
            const { boxes, frames, joins, names, lines, width, height } =
              netspec.layout(data.parts, low, open);
            return [boxes.map((box) => [box.x, box.y, box.height, inside(box.item)]),
              frames.map((one) => [one.x, one.y, one.width, one.height]),
              joins.map((one) => [one.x, one.y, one.by]),
              names.map((one) => [one.x, one.y, one.text]), lines, [width, height]];
          });
        });
        """,
    )
    whole = parts(plan)
    low = Picture(plan).low
    for got in found:
        layout = Layout(whole, low)
        assert got == [
            [[box.x, box.y, box.height, inside(box.item)] for box in layout.boxes],
            [list(frame[:4]) for frame in layout.frames],
            [list(join) for join in layout.joins],
            [list(name) for name in layout.names],
            layout.lines,
            [layout.width, layout.height],
        ]
        for part in whole.all():
            part.open = True
