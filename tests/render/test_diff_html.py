"""The page of two networks: what changed, and units picked in both at once."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from command import netspec
from compared import changed, version
from PIL import Image
from repository import Repository, net

from netspec.diff import compare as diff
from netspec.diff.compare import SpecDiff
from netspec.flow.units import Units
from netspec.render.diff import html
from netspec.render.safe import escape

if TYPE_CHECKING:
    from browser import Browser

BEFORE = """\
input: [1, 12, 10]
layers:
  - Conv2d: {out_channels: 2, kernel_size: 3, padding: 1}
  - Tanh
  - name: second
    Conv2d: {out_channels: 2, kernel_size: 3, dilation: 2}
  - Flatten
  - Linear: 4
"""
AFTER = BEFORE.replace("kernel_size: 3, padding: 1}", "kernel_size: 5, padding: 2}").replace(
    "  - Tanh\n", "  - Residual: [Sigmoid, {Conv2d: {out_channels: 2, kernel_size: 1}}]\n"
)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028"


def inside(text: str) -> Any:
    found = re.search(r'id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_data_says_what_became_of_each_layer_and_which_belong_together() -> None:
    (one,) = inside(html.render([changed(BEFORE, AFTER)], []))
    told = {
        side: {layer["name"]: layer.get("change", "") for layer in one[side]["layers"]}
        for side in ("before", "after")
    }
    assert told == {
        "before": {"0": "changed", "1": "changed", "second": "", "3": "", "4": ""},
        "after": {"0": "changed", "1.body.0": "changed", "1.body.1": "added", "second": "",
                  "3": "", "4": ""},
    }  # fmt: skip
    assert one["pairs"] == [[0, 0], [1, 1], [2, 3], [3, 4], [4, 5]]


def test_figures_settings_and_findings_of_both_sides_are_told() -> None:
    after = net(width=5, lr=0.1).replace("max_params: 100k", "max_params: 10")
    text = html.render([changed(net(), after)], ["params is 5"])
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.DOTALL)
    cells = [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[dh].*?</t[dh]>", row)]
             for row in rows]  # fmt: skip
    assert ["Parameters", "46,426", "46,508", "+0.2 %"] in cells
    assert ["train.optimizer.Adam.lr", "0.01 → 0.1"] in cells
    assert ["~ changed", "stem.0", "Conv2d", "out_channels 4 → 5",
            "(4, 26, 26) → (5, 26, 26)", "40 → 50", "24,336 → 30,420", "3"] in cells  # fmt: skip
    assert "<b>new error over-budget</b>" in text
    assert "<b>fails</b> params is 5" in text


def test_a_side_that_is_missing_or_broken_is_left_out() -> None:
    broken = BEFORE.replace("Flatten", "Flaten")
    specs = diff.compare(
        {"b": version(BEFORE, "b"), "c": version(BEFORE + "# c\n", "c"), "d": version(net(), "d")},
        {"a": version(AFTER, "a"), "b": version(broken, "b"), "d": version(net(), "d")},
    )
    text = html.render(specs, [])
    shown = [[bool(one[side]) for side in ("before", "after")] for one in inside(text)]
    names = re.findall(r"<h2>(\w+)</h2> (\w+)", text)
    assert list(zip(names, shown, strict=True)) == [
        (("a", "renamed"), [True, True]), (("b", "broken"), [True, False]),
    ]  # fmt: skip


def test_words_of_a_spec_are_text() -> None:
    tags: list[str] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not any(key.startswith("on") for key, _ in attrs)

    spec = changed(BEFORE, AFTER)
    for plan in spec.plans:
        assert plan
        plan.name = plan.leaves[0].name = plan.leaves[-1].name = HOSTILE
    text = html.render([spec._replace(renamed=True)], [HOSTILE])
    Tags().feed(text)
    assert inside(text)[0]["after"]["layers"][0]["name"] == escape(HOSTILE)
    assert tags.count("script") == 2
    assert "img" not in tags
    assert "\u2028" not in text


def read(units: Units, i: int, n: int) -> list[int]:
    return [
        p for p in range(n) if p >= units.first[i] and units.mask(i) >> (p - units.first[i]) & 1
    ]


def pixels(spec: SpecDiff, side: int, name: str, unit: tuple[int, int]) -> list[list[int]]:
    """The pixels that a unit reads, as [row, column]."""
    plan = spec.plans[side]
    assert plan
    (leaf,) = [leaf for leaf in plan.leaves if leaf.name == name]
    rows, columns = (
        read(axis.units, i, n)
        for axis, i, n in zip(leaf.output.axes, unit, plan.input[1:], strict=True)
    )
    return sorted([r, c] for r in rows for c in columns)


LOOK = """
const look = () => page.evaluate(() => {
  const lit = (path) => [...path.getAttribute("d").matchAll(/M(\\d+) (\\d+)H(\\d+)V(\\d+)H/g)]
    .flatMap(([, x, y, right, down]) => Array.from({ length: (right - x) * (down - y) },
      (_, i) => [+y + Math.floor(i / (right - x)), +x + i % (right - x)]))
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return {
    own: [...document.querySelectorAll(".side .pixels .lit")].map(lit),
    both: [...document.querySelectorAll(".together path")].map(lit),
    told: document.querySelector(".together .told").textContent,
  };
});
const [before, after] = [page.locator(".side").nth(0), page.locator(".side").nth(1)];
const start = await look();
await page.locator(".all").check();
await page.locator("tr.same button", { hasText: "second" }).click();
await before.locator(".units").press("ArrowUp");
const up = await look();
await after.locator(".units").press("ArrowLeft");
const left = await look();
await page.locator("tr.added button").first().click();
return [start, up, left, await look(), await axe()];
"""


@pytest.mark.parametrize(
    ("text", "middle", "mate", "moved", "back"),
    [
        (AFTER, (6, 5), (3, 3), (3, 2), (3, 2)),
        (AFTER.replace("[1, 12, 10]", "[1, 24, 20]"), (12, 10), (8, 9), (8, 8), (3, 3)),
    ],
    ids=["one size", "another size"],
)
def test_what_is_picked_in_one_network_is_picked_in_the_other(
    tmp_path: Path, browser: Browser, text: str, middle: Any, mate: Any, moved: Any, back: Any
) -> None:
    spec = changed(BEFORE, text)
    file = tmp_path / "page.html"
    file.write_text(html.render([spec], []), encoding="utf-8")
    start, up, left, alone, found = browser.run(file, LOOK)
    assert start["own"] == [pixels(spec, 0, "0", (6, 5)), pixels(spec, 1, "0", middle)]
    assert up["own"] == [pixels(spec, 0, "second", (3, 3)), pixels(spec, 1, "second", mate)]
    assert left["own"] == [pixels(spec, 0, "second", back), pixels(spec, 1, "second", moved)]
    for one in start, up, left:
        assert one["both"] == one["own"]
    assert alone["both"] == [[], alone["own"][1]]
    assert alone["told"].startswith("before has no such layer; after 1.body.1 reads ")
    assert ("drawn in one size" in alone["told"]) == (text != AFTER)
    assert found == []


def test_a_file_is_written_with_an_image_under_the_pixels(
    repository: Repository,
) -> None:
    Image.new("L", (28, 28)).save("it.png")
    asked = ("diff", "--against", "main", "--image", "it.png")
    done = netspec(*asked, "--format", "html", "-o", "it.html")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"it\.html: \d+ kB\n", done.out)
    first, *_ = inside(Path("it.html").read_text("utf-8"))
    assert first["before"]["image"] == first["after"]["image"]
    assert first["after"]["image"].startswith("data:image/png;base64,")
    done = netspec(*asked)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --image is for html, not for text\n")
    done = netspec("diff", "--against", "main", "-o", "it.txt", "--fail-on", "params > 1")
    assert (done.code, done.err) == (1, "")
    assert "specs/kernel.yaml: changed" in Path("it.txt").read_text()
