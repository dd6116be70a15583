"""The page of a network: its data is the analysis, its words are text, it loads nothing."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from netspec import compiler, report, source
from netspec.diagnostic import Diagnostic
from netspec.render import page as pages
from netspec.render.safe import escape

if TYPE_CHECKING:
    from browser import Browser

    from netspec.flow.units import Units

ROOT = Path(__file__).parents[2]
NETWORKS = ["specs/mnist-8k.yaml", "examples/unet.yaml", "examples/densenet121.yaml"]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"
DILATED = """
input: [1, 9, 12]
layers: [{Conv2d: {out_channels: 2, kernel_size: 3, dilation: 3, padding: 3}}, Flatten, {Linear: 2}]
"""


def page(text: str) -> str:
    found = report.examine(source.parse(text, "it.yaml"))
    assert found.plan
    return pages.render(found.plan, found.diagnostics)


def inside(text: str) -> Any:
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def spread(runs: list[list[int]]) -> list[int]:
    return [first + step * i for first, step, count in runs for i in range(count)]


@pytest.mark.parametrize("path", NETWORKS)
def test_the_data_has_exactly_the_units_of_every_layer(path: str) -> None:
    plan = compiler.compile(source.load(ROOT / path))
    data = inside(pages.render(plan, []))
    assert [spread(one) for one in data["never"]] == plan.never_read
    for layer, leaf in zip(data["layers"], plan.leaves, strict=True):
        for (at, field, along), axis in zip(layer["axes"], leaf.output.axes, strict=True):
            first, last, *rest = data["units"][at]
            units = axis.units
            assert (tuple(spread(first)), tuple(spread(last))) == (units.first, units.last)
            masks = tuple(int(m, 16) for mask, n in rest[0] for m in [mask] * n) if rest else None
            assert masks == units.masks
            assert along == axis.along
            told = None if field is None else data["fields"][field]
            assert told == (axis.field and [*map(list, axis.field[:2]), axis.field.advance])


def test_words_of_a_spec_are_text_and_cannot_end_the_script() -> None:
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not any(key.startswith("on") for key, _ in attrs)

    plan = compiler.compile(source.parse(DILATED, "it.yaml"))
    plan.name = plan.leaves[0].name = HOSTILE
    about = [Diagnostic(HOSTILE, HOSTILE, "note", HOSTILE, layer=name) for name in (None, HOSTILE)]
    text = pages.render(plan, about)
    Tags().feed(text)
    assert inside(text)["layers"][0]["name"] == escape(HOSTILE)
    assert tags.count("script") == 2
    assert "img" not in tags
    assert "\u2028" not in text


def test_the_policy_names_the_script_and_the_style_that_the_page_has_and_nothing_else() -> None:
    text = page(DILATED)
    for tag in ("script", "style"):
        (own,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = b64encode(sha256(own.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in text
    assert "default-src 'none'" in text
    assert not re.search(r"\b(?:src|href)=|innerHTML|eval\(", text)


def pixels(path: str) -> set[tuple[int, int]]:
    """The pixels of a path of boxes, as (row, column)."""
    return {
        (r, c)
        for box in re.findall(r"M(\d+) (\d+)H(\d+)V(\d+)H\d+Z", path)
        for x, y, right, down in [map(int, box)]
        for r in range(y, down)
        for c in range(x, right)
    }


def test_a_browser_lights_the_pixels_that_a_picked_unit_reads(
    tmp_path: Path, browser: Browser
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(DILATED), encoding="utf-8")
    keyed, clicked = browser.run(
        file,
        """
        const lit = () => page.locator(".lit").getAttribute("d");
        await page.locator(".units").press("ArrowLeft");
        const keyed = await lit();
        const p = await page.evaluate(() => {
          const map = document.querySelector(".units").getScreenCTM();
          const at = new DOMPoint(0.5, 0.5).matrixTransform(map);
          return [at.x, at.y];
        });
        await page.mouse.click(...p);
        return [keyed, await lit()];
        """,
    )
    rows, columns = (
        axis.units for axis in compiler.compile(source.parse(DILATED, "it")).leaves[0].output.axes
    )

    def read(units: Units, i: int) -> set[int]:
        return {
            p
            for p in range(12)
            if p >= units.first[i] and units.mask(i) >> (p - units.first[i]) & 1
        }

    assert pixels(keyed) == {(r, c) for r in read(rows, 4) for c in read(columns, 5)}
    assert pixels(clicked) == {(r, c) for r in read(rows, 0) for c in read(columns, 0)}


def test_a_page_takes_several_views_and_each_can_show_another_network(
    tmp_path: Path, browser: Browser
) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(DILATED), encoding="utf-8")
    wider = inside(page(DILATED.replace("9, 12", "9, 6")))
    told, kept, gone, left = browser.run(
        file,
        """
        return page.evaluate((wider) => {
          const root = document.getElementById("view"), told = [];
          root.addEventListener("netspec:choice", (event) => told.push(event.detail));
          const again = netspec.view(root, JSON.parse(document.getElementById("data").textContent));
          again.pick({ layer: "0", unit: { 1: 2, 2: 5 }, pixel: [1, 8] });
          const units = again.root.querySelector(".units");
          units.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
          again.update(wider);
          const gone = again.choice;
          again.pick({ unit: { 1: 8, 2: 1 } });
          again.update(wider);
          const kept = again.choice;
          again.unmount();
          return [told, kept, gone, document.querySelectorAll(".netspec-view").length];
        }, args);
        """,
        wider,
    )
    assert told == [{"layer": "0", "unit": {"1": 2, "2": 6}, "pixel": [1, 8], "later": None}]
    assert gone == {"layer": "0", "unit": {"1": 2, "2": 3}, "pixel": None, "later": None}
    assert kept == {"layer": "0", "unit": {"1": 8, "2": 1}, "pixel": None, "later": None}
    assert left == 1


def test_a_page_that_asks_for_anything_else_fails_its_test(
    tmp_path: Path, browser: Browser
) -> None:
    file = tmp_path / "page.html"
    file.write_text('<img src="http://localhost/it.png" alt="">', encoding="utf-8")
    with pytest.raises(AssertionError, match="asked for more than itself"):
        browser.run(file, "await page.waitForTimeout(50)")
