"""The drawing as SVG: well-formed whatever a spec says, with nothing of it left out."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from netspec import compiler, report, source
from netspec.render.drawing.shapes import sheet
from netspec.render.view import svg

SPACE = "{http://www.w3.org/2000/svg}"
HOSTILE = "</svg><script>alert(1)</script>]]>&amp;\u2028"
SPEC = """
input: [1, 12, 12]
layers:
  - Graph:
      a: [{Conv2d: [4, 3]}, {BatchNorm2d: {}}]
      b: {from: a, layers: [{Conv2d: [4, 3, 1, 1]}]}
      c: {from: [a, b], join: add}
  - Residual: [{Conv2d: [4, 3, 1, 1]}, ReLU]
  - Flatten
  - Linear: 10
"""


def test_every_layer_join_and_finding_is_in_it() -> None:
    found = report.examine(source.parse(SPEC, "it.yaml"))
    assert found.plan
    root = ElementTree.fromstring(svg.render(found.plan, found.diagnostics))
    titles = [title.text for title in root.iter(f"{SPACE}title")]
    for leaf in found.plan.leaves:
        assert any(title and title.startswith(f"{leaf.name} {leaf.kind} ") for title in titles)
    assert titles.count("add") == 2
    severities = {one.severity for one in found.diagnostics if one.layer}
    assert severities
    assert severities <= set(titles)
    assert {"a", "b", "c"} <= {text.text for text in root.iter(f"{SPACE}text")}


def test_words_of_a_spec_are_text() -> None:
    plan = compiler.compile(source.parse(SPEC, "it.yaml"))
    plan.name = plan.leaves[0].name = HOSTILE
    text = svg.render(plan)
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SPACE) for element in root.iter()} == {
        "svg", "title", "desc", "style", "rect", "text", "path", "circle",
    }  # fmt: skip
    assert b"<script" not in text
    assert "\u2028" not in text.decode()


def test_every_class_has_a_look_and_every_color_one_for_the_dark() -> None:
    plan = compiler.compile(source.parse(SPEC, "it.yaml"))
    text = svg.render(plan).decode()
    style = text[text.index("<style>") : text.index("</style>")]
    light, dark = (set(re.findall(r"(--ns-\w+):", line)) for line in style.splitlines()[1:3])
    assert set(re.findall(r"var\((--ns-\w+)\)", style)) == light == dark
    for shape in sheet(plan).shapes:
        assert f".ns-{shape.look}" in style
