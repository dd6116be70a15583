"""The page of a network: its data is the analysis, its words are text, it loads nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from netspec import compiler, report, source
from netspec.diagnostic import Diagnostic
from netspec.render import page as pages
from netspec.render.safe import escape

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


def test_a_browser_lights_the_pixels_that_a_picked_unit_reads(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        pytest.skip("no chromium")
    press = """<script>
const m = document.querySelector(".map"); m.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft"}));
document.body.dataset.keyed = document.querySelector(".lit").getAttribute("d");
const r = m.getScreenCTM(), p = new DOMPoint(0.5, 0.5).matrixTransform(r);
m.dispatchEvent(new PointerEvent("pointerdown", {clientX: p.x, clientY: p.y}));
</script>"""  # fmt: skip  # noqa: E501
    own = press.removeprefix("<script>").removesuffix("</script>")
    digest = b64encode(sha256(own.encode()).digest()).decode()
    text = page(DILATED).replace("script-src ", f"script-src 'sha256-{digest}' ")
    file = tmp_path / "page.html"
    file.write_text(text.replace("</body>", press + "</body>"), encoding="utf-8")
    done = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/u",
         "--dump-dom", file.as_uri()],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    units = [
        axis.units for axis in compiler.compile(source.parse(DILATED, "it")).leaves[0].output.axes
    ]

    def lit(y: int, x: int) -> set[tuple[int, int]]:
        return {
            (r, c)
            for r in range(9)
            for c in range(12)
            if all(
                p >= u.first[i] and u.mask(i) >> (p - u.first[i]) & 1
                for u, i, p in ((units[0], y, r), (units[1], x, c))
            )
        }

    def drawn(path: str) -> set[tuple[int, int]]:
        boxes = re.findall(r"M(\d+) (\d+)H(\d+)V(\d+)H\d+Z", path)
        return {
            (r, c)
            for x, y, right, down in (map(int, box) for box in boxes)
            for r in range(y, down)
            for c in range(x, right)
        }

    keyed = re.search(r'data-keyed="([^"]*)"', done.stdout)
    clicked = re.search(r'<path class="lit" d="([^"]*)"', done.stdout)
    assert keyed
    assert clicked
    assert drawn(keyed[1]) == lit(4, 5)
    assert drawn(clicked[1]) == lit(0, 0)
