"""The page in a browser: its words, its drawing, and whom it serves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from picking import plan_of, written

from netspec import report, source
from netspec.render import page

if TYPE_CHECKING:
    from browser import Browser

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>${alert(3)}&amp;"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 400)])
def test_words_of_a_spec_are_shown_as_they_are_and_axe_finds_nothing(
    scheme: str, width: int, tmp_path: Path, browser: Browser
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
        viewport={"width": width, "height": 800},
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


def test_pixels_that_are_never_read_are_shaded_and_the_field_without_borders_is_dashed(
    tmp_path: Path, browser: Browser
) -> None:
    plan = plan_of("""
input: [1, 11, 14]
layers: [{Conv2d: [2, 2, 3]}, {Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}}]
""")
    assert all(plan.never_read)
    shaded, dashed = browser.run(
        written(plan, tmp_path),
        """
        return page.evaluate(() => {
          const data = JSON.parse(document.getElementById("data").textContent);
          const view = netspec.view(document.body, data), root = view.root;
          const box = (rect) => ["x", "y", "width", "height"].map((key) => +rect.getAttribute(key));
          const dashed = [];
          for (let y = 0; y < 4; y++) for (let x = 0; x < 5; x++) {
            view.pick({ layer: "1", unit: { 1: y, 2: x } });
            dashed.push(box(root.querySelector(".affine")));
          }
          return [[...root.querySelectorAll(".unread")].map(box), dashed];
        });
        """,
    )
    rows, columns = (range(n) for n in plan.input[1:])
    got = {(r, c) for x, y, w, h in shaded for r in range(y, y + h) for c in range(x, x + w)}
    never = [set(pixels) for pixels in plan.never_read]
    assert got == {(r, c) for r in rows for c in columns if r in never[0] or c in never[1]}
    fields = [axis.field for axis in plan.leaves[1].output.axes]
    for (x, y, w, h), (i, j) in zip(
        dashed, [(i, j) for i in range(4) for j in range(5)], strict=True
    ):
        assert fields[0]
        assert fields[1]
        assert (fields[0].at(i), fields[1].at(j)) == ((y, y + h - 1), (x, x + w - 1))


def test_a_finger_picks_on_a_phone(tmp_path: Path, browser: Browser) -> None:
    plan = plan_of("input: [1, 6, 6]\nlayers: [{Conv2d: [2, 3]}, {Conv2d: [2, 2]}]")
    wide, choice = browser.run(
        written(plan, tmp_path),
        """
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        await page.locator(".reads select").first().selectOption("0");
        const units = page.locator(".units");
        await units.scrollIntoViewIfNeeded();
        const box = await units.boundingBox(), step = Math.min(box.width, box.height) / 4;
        const middle = box.x + box.width / 2, top = box.y + (box.height - 4 * step) / 2;
        await page.touchscreen.tap(middle + 1.5 * step, top + 0.5 * step);
        return [wide, await page.locator(".told").allTextContents()];
        """,
        hasTouch=True,
        isMobile=True,
        viewport={"width": 400, "height": 800},
    )
    assert wide <= 400, "the page is wider than the screen"
    assert any(
        "Unit (0, 3) of 0 reads 9 pixels: rows 0\u20132; columns 3\u20135" in told
        for told in choice
    )


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("input: [2, 9]\nlayers: [{Conv1d: [3, 3]}]", "reads 3 pixels: positions 3\u20135"),
        (
            "input: [1, 4, 5, 6]\nlayers: [{Conv3d: [2, 3]}]",
            "reads 27 pixels: axis 0 1\u20133; axis 1",
        ),
        ("input: [5]\nlayers: [{Linear: 3}]", "no spatial axes"),
    ],
)
def test_inputs_of_other_ranks_have_a_page(
    spec: str, told: str, tmp_path: Path, browser: Browser
) -> None:
    text = browser.run(
        written(plan_of(spec), tmp_path), 'return page.locator(".reads").innerText();'
    )
    assert told in text
