"""The page in a browser: what lights up is what the analysis says, whichever way it is picked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from picking import MANY, lit, plan_of, read, wanted, written

if TYPE_CHECKING:
    from browser import Browser

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
