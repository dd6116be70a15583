"""Units picked in the page of a network, and what the analysis says that they read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from netspec import compiler, source
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.units import Units
from netspec.render import page

ROOT = Path(__file__).parents[1]
MANY = """
const pick = (kind, put) => page.evaluate(({ kind, put }) => {
  const select = document.querySelector(".reads select"), found = [];
  const units = document.querySelector(".units"), lit = document.querySelector(".pixels");
  const read = () => lit.querySelector(".lit").getAttribute("d");
  for (const option of select.options) {
    select.value = option.value;
    select.dispatchEvent(new Event("change"));
    const [, , wide, high] = units.getAttribute("viewBox").split(" ").map(Number);
    const rows = Array.from({ length: high }, () => []);
    const click = (x, y) => {
      const at = new DOMPoint(x + 0.5, y + 0.5).matrixTransform(units.getScreenCTM());
      const where = { clientX: at.x, clientY: at.y, pointerType: kind };
      units.dispatchEvent(new PointerEvent("pointerdown", where));
    };
    const press = (key) => units.dispatchEvent(new KeyboardEvent("keydown", { key }));
    click(0, 0);
    for (let y = 0; y < high; y++) for (let x = 0; x < wide; x++) {
      if (put === "click") click(x, y);
      else {
        // Along one row and back along the next.
        if (x) press(y % 2 ? "ArrowLeft" : "ArrowRight"); else if (y) press("ArrowDown");
      }
      rows[y][put === "click" || y % 2 === 0 ? x : wide - 1 - x] = read();
    }
    found.push(rows);
  }
  return found;
}, { kind, put });
return [await pick("mouse", "click"), await pick("touch", "click"), await pick("", "press")];
"""
"""A script that picks every unit of every layer by mouse, by touch and by keys."""


def plan_of(spec: str) -> Plan:
    given = source.parse(spec, "it.yaml") if "\n" in spec else source.load(ROOT / spec)
    return compiler.compile(given)


def written(plan: Plan, folder: Path) -> Path:
    file = folder / "page.html"
    file.write_text(page.render(plan, []), encoding="utf-8")
    return file


def lit(path: str) -> list[list[set[int]]]:
    """Rows and columns of a path of boxes."""
    boxes = [list(map(int, box)) for box in re.findall(r"M(\d+) (\d+)H(\d+)V(\d+)H\d+Z", path)]
    rows = {r for _, top, _, low in boxes for r in range(top, low)}
    columns = {c for left, _, right, _ in boxes for c in range(left, right)}
    area = sum((right - left) * (low - top) for left, top, right, low in boxes)
    assert area == len(rows) * len(columns), "boxes that overlap, or are no product"
    return [sorted(rows), sorted(columns)]  # type: ignore[list-item]


def read(units: Units, i: int) -> list[int]:
    at = 0 if units.count == 1 else i
    mask, first = units.mask(at), units.first[at]
    return [first + bit for bit in range(mask.bit_length()) if mask >> bit & 1]


def wanted(leaf: Node) -> list[list[list[list[int]]]]:
    """Rows and columns that each unit of the last two axes with units reads."""
    along = sorted({axis.along for axis in leaf.output.axes if axis.along is not None})
    shape = leaf.output.shape
    across = along[-1] if along else None
    down = along[-2] if len(along) > 1 else None

    def at(axis: Any, y: int, x: int) -> list[int]:
        return read(axis.units, x if axis.along == across else y if axis.along == down else 0)

    return [
        [
            [at(axis, y, x) for axis in leaf.output.axes]
            for x in range(shape[across] if across is not None else 1)
        ]
        for y in range(shape[down] if down is not None else 1)
    ]
