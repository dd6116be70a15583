"""The page in a browser: what lights up is what the analysis says, whichever way it is picked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netspec import compiler, report, source
from netspec.compiler.node import Node
from netspec.compiler.plan import Plan
from netspec.flow.units import Units
from netspec.render import page

if TYPE_CHECKING:
    from browser import Browser

ROOT = Path(__file__).parents[2]
BOTH = ["light", "dark"]
ODD = """
input: [2, 9, 12]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3, dilation: 3, padding: 3}
  - Residual: [Conv2d: {out_channels: 4, kernel_size: [1, 5], padding: [0, 2]}]
  - Graph:
      a: [{Conv2d: {out_channels: 4, kernel_size: 3, stride: 2, padding: 1, padding_mode: reflect}}]
      b: {from: a, layers: [{Upsample: {size: [9, 12]}}]}
      out: {from: [b, input], join: concat}
  - MaxPool2d: [2, 3]
  - AdaptiveAvgPool2d: 3
  - Flatten
  - Linear: 3
"""
TOKENS = """
input: [1, 12, 8]
layers:
  - Conv2d: [4, 4, 4]
  - Flatten: 2
  - Permute: [1, 0]
  - LayerNorm
  - Linear: 6
"""
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


@pytest.mark.parametrize(
    "spec", ["specs/digits.yaml", ODD, TOKENS], ids=["digits", "odd", "tokens"]
)
def test_every_unit_of_every_layer_lights_what_it_reads_by_mouse_touch_and_keys(
    spec: str, tmp_path: Path, browser: Browser
) -> None:
    plan = plan_of(spec)
    by_mouse, by_touch, by_keys = browser.run(written(plan, tmp_path), MANY)
    assert by_mouse == by_touch == by_keys
    seen: dict[str, Any] = {}
    for leaf, got in zip(plan.leaves, by_mouse, strict=True):
        told = [[seen.setdefault(path, lit(path)) for path in row] for row in got]
        assert told == wanted(leaf), leaf.name


def test_a_real_mouse_and_real_keys_pick_every_unit_of_a_layer(
    tmp_path: Path, browser: Browser
) -> None:
    plan = plan_of(ODD)
    number = next(i for i, leaf in enumerate(plan.leaves) if leaf.kind == "MaxPool2d")
    clicked, pressed = browser.run(
        written(plan, tmp_path),
        """
        await page.locator(".reads select").first().selectOption(String(args));
        const units = page.locator(".units");
        await units.scrollIntoViewIfNeeded();
        const read = () => page.evaluate(() => document.querySelector(".lit").getAttribute("d"));
        const [box, [, , wide, high]] = [await units.boundingBox(),
          (await units.getAttribute("viewBox")).split(" ").map(Number)];
        const step = Math.min(box.width / wide, box.height / high);
        const left = box.x + (box.width - step * wide) / 2;
        const top = box.y + (box.height - step * high) / 2;
        const found = [[], []];
        for (let y = 0; y < high; y++) for (let x = 0; x < wide; x++) {
          await page.mouse.click(left + step * (x + 0.5), top + step * (y + 0.5));
          found[0].push(await read());
        }
        await page.mouse.click(left + 1, top + 1);
        for (let y = 0; y < high; y++) {
          for (let x = 0; x < wide; x++) {
            if (x) await page.keyboard.press("ArrowRight");
            found[1].push(await read());
          }
          for (let x = 1; x < wide; x++) await page.keyboard.press("ArrowLeft");
          await page.keyboard.press("ArrowDown");
        }
        return found;
        """,
        number,
    )
    assert clicked == pressed
    assert [lit(path) for path in clicked] == [
        unit for row in wanted(plan.leaves[number]) for unit in row
    ]


def test_units_of_later_layers_that_read_a_unit_are_those_of_the_rest_of_the_network(
    tmp_path: Path, browser: Browser
) -> None:
    first = "{Conv2d: {out_channels: 3, kernel_size: 3, stride: 2, padding: 1}}"
    rest = "{Conv2d: {out_channels: 3, kernel_size: 3, dilation: 2}}, {MaxPool2d: 2}"
    whole = plan_of(f"input: [1, 15, 20]\nlayers: [{first}, {rest}]")
    alone = plan_of(f"input: [3, 8, 10]\nlayers: [{rest}]").leaves
    got = browser.run(
        written(whole, tmp_path),
        """
        return page.evaluate(() => {
          const data = JSON.parse(document.getElementById("data").textContent);
          const view = netspec.view(document.body, data);
          const found = [];
          for (const later of ["1", "2"]) for (let y = 0; y < 8; y++) for (let x = 0; x < 10; x++) {
            view.pick({ layer: "0", unit: { 1: y, 2: x }, later });
            const figure = view.root.querySelector(".later").parentNode;
            const path = view.root.querySelector(".later .reader").getAttribute("d");
            found.push([later, y, x, figure.hidden ? "" : path, view.choice.later]);
          }
          view.unmount();
          return found;
        });
        """,
    )
    assert len(got) == 160
    for later, y, x, path, told in got:
        rows, columns = alone[int(later) - 1].output.axes
        hits = [
            [i for i in range(axis.units.count) if p in read(axis.units, i)]
            for axis, p in ((rows, y), (columns, x))
        ]
        if all(hits):
            assert told == later
            assert lit(path) == hits
        else:
            assert path == "" or told != later


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>${alert(3)}&amp;"


@pytest.mark.parametrize("scheme", BOTH)
def test_words_of_a_spec_are_shown_as_they_are_and_axe_finds_nothing(
    scheme: str, tmp_path: Path, browser: Browser
) -> None:
    text = """
input: [1, 12, 12]
blocks: {unit: {layers: [{Conv2d: [4, 3]}, BatchNorm2d, ReLU]}}
layers:
  - unit
  - {name: gate, Gate: [AdaptiveAvgPool2d: 1, Conv2d: [4, 1], Sigmoid]}
  - Graph: {a: [unit], b: {from: a, layers: [{Conv2d: [4, 3, 1, 1]}]}, c: {from: [a, b], join: add}}
  - Flatten
  - Linear: 10
"""
    found = report.examine(source.parse(text, "it.yaml"))
    plan = found.plan
    assert plan
    assert any(one.layer for one in found.diagnostics)
    plan.name = plan.leaves[0].name = HOSTILE
    findings = [one._replace(message=HOSTILE, help=HOSTILE) for one in found.diagnostics]
    file = tmp_path / "page.html"
    file.write_text(page.render(plan, findings), encoding="utf-8")
    title, rows, notes, images, violations = browser.run(
        file,
        """
        const told = await page.evaluate(() => [document.querySelector("h1").textContent,
          document.querySelector("tbody th button").textContent,
          document.querySelectorAll(".warning, .note").length, document.images.length]);
        await page.getByRole("button", { name: "Unfold all" }).click();
        return [...told, await axe()];
        """,
        colorScheme=scheme,
    )
    assert violations == []
    assert (title, rows, images) == (HOSTILE, HOSTILE, 0)
    assert notes == len(findings)


def test_keys_go_from_box_to_box_fold_blocks_and_pick_layers(
    tmp_path: Path, browser: Browser
) -> None:
    plan = plan_of("specs/digits.yaml")
    walked, folded, kept, picked = browser.run(
        written(plan, tmp_path),
        """
        const boxes = () => page.locator(".ns-item").count();
        await page.locator('.network [tabindex="0"]').last().focus();
        const title = () => document.activeElement.querySelector("title").textContent;
        const here = () => page.evaluate(title);
        for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowUp");
        const walked = [await here()];
        for (let i = 0; i < 40; i++) {
          await page.keyboard.press("ArrowDown");
          const next = await here();
          if (next === walked[walked.length - 1]) break;
          walked.push(next);
        }
        await page.getByRole("button", { name: "Fold all", exact: true }).click();
        const folded = await boxes();
        const unit = page.locator('.ns-item[aria-expanded="false"]').first();
        await unit.focus();
        await page.keyboard.press("Enter");
        const turned = () => document.activeElement.getAttribute("aria-expanded");
        const kept = [await boxes() > folded, await page.evaluate(turned)];
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        const layer = await page.locator(".reads select").first().inputValue();
        return [walked, folded, kept, [await here(), layer]];
        """,
    )
    for leaf in plan.leaves:
        assert any(f", {leaf.name}:" in label or f", {leaf.name}," in label for label in walked), (
            leaf.name
        )
    assert folded < len(plan.leaves)
    assert kept == [True, "true"]
    label, number = picked
    leaf = plan.leaves[int(number)]
    assert label.startswith(leaf.kind)
    assert f", {leaf.name}," in label
    assert "picked" in label


def test_what_is_folded_and_picked_stays_when_the_network_changes(
    tmp_path: Path, browser: Browser
) -> None:
    text = """
input: [1, 28, 28]
blocks: {unit: {args: {out_channels: }, layers: [{Conv2d: [$out_channels, 3]}, ReLU]}}
layers:
  - {name: one, Sequential: [unit: 8]}
  - {name: two, Sequential: [unit: 8]}
  - Flatten
  - Linear: 10
"""
    wider = page.data(plan_of(text.replace("[unit: 8]", "[unit: 9]", 1)))
    before, after, choice = browser.run(
        written(plan_of(text), tmp_path),
        """
        return page.evaluate((wider) => {
          const data = JSON.parse(document.getElementById("data").textContent);
          const view = netspec.view(document.body, data);
          const boxes = () => view.root.querySelectorAll(".ns-item").length;
          view.root.querySelector(".ns-fold").dispatchEvent(new MouseEvent("click"));
          view.pick({ layer: "two.1", unit: { 1: 3, 2: 4 } });
          const before = boxes();
          view.update(wider);
          return [before, boxes(), view.choice];
        }, args);
        """,
        wider,
    )
    assert before == after == len(plan_of(text).leaves) - 1
    assert (choice["layer"], choice["unit"]) == ("two.1", {"1": 3, "2": 4})
