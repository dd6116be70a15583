"""Two networks as one graph."""

from __future__ import annotations

import pytest
from compared import changed

from netspec.diff.union import INPUT, OUTPUT, Spot, union

RESIDUAL = """\
input: [4, 8, 8]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
  - Residual:
      body: [{Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}, ReLU]
  - ReLU
"""
GRAPH = """\
input: [4, 8, 8]
layers:
  - Graph:
      a: [ReLU]
      b: {from: a, layers: [GELU]}
      c: {from: [a, b], join: add, layers: [Sigmoid]}
"""


def name(spot: Spot, i: int) -> str:
    place = spot.after or spot.before
    if place is None:
        return {INPUT: "in", OUTPUT: "out"}[i]
    return place.join or place.node.kind


CASES: dict[str, tuple[str, tuple[str, str], dict[str, str], str, str]] = {
    "insertion": (
        RESIDUAL, ("  - ReLU\n", "  - GELU\n  - ReLU\n"), {"GELU": "added"},
        "add-ReLU", "add-GELU GELU-ReLU",
    ),
    "join": (
        RESIDUAL, ("  - ReLU\n", "  - Gate: [Sigmoid]\n  - ReLU\n"),
        {"Sigmoid": "added", "multiply": "added"},
        "add-ReLU", "add-Sigmoid add-multiply Sigmoid-multiply multiply-ReLU",
    ),
    "another join": (
        RESIDUAL.replace("\n      body: ", " {branches: [[], ").replace("ReLU]", "ReLU]]}"),
        ("Residual", "Gate"),
        {"add": "removed", "multiply": "added", "Conv2d": "changed", "ReLU": "changed"},
        "Conv2d-add ReLU-add add-ReLU", "Conv2d-multiply ReLU-multiply multiply-ReLU",
    ),
    "argument": (RESIDUAL, ("body: [{Conv2d: {out_channels: 4, kernel_size: 3, padding: 1}}",
                            "body: [{Conv2d: {out_channels: 4, kernel_size: 1, padding: 0}}"),
                 {"Conv2d": "changed"}, "", ""),
    "rewired": (GRAPH, ("b: {from: a,", "b: {from: input,"), {}, "ReLU-GELU", "in-GELU"),
    "node": (
        GRAPH, ("      c: {from: [a, b]", "      d: {from: b, layers: [Tanh]}\n"
                "      c: {from: [a, d]"),
        {"Tanh": "added"}, "GELU-add", "GELU-Tanh Tanh-add",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_both_have_stands_there_once_and_each_side_has_its_wires(case: str) -> None:
    text, edit, changes, gone, new = CASES[case]
    assert edit[0] in text
    before, after = changed(text, text.replace(*edit, 1)).plans
    assert before
    assert after
    both = union(before, after)
    names = [name(spot, i) for i, spot in enumerate(both.spots)]
    assert {
        one: spot.change
        for one, spot in zip(names, both.spots, strict=True)
        if spot.change != "same"
    } == changes
    found = [
        sorted(f"{names[a]}-{names[b]}" for a, b in some - other)
        for some, other in ((both.before, both.after), (both.after, both.before))
    ]
    assert found == [sorted(gone.split()), sorted(new.split())]


def test_a_network_beside_itself_is_the_network() -> None:
    for text in RESIDUAL, GRAPH:
        before, after = changed(text, text.replace("input", "description: x\ninput", 1)).plans
        assert before
        assert after
        both = union(before, after)
        assert both.before == both.after
        assert {spot.change for spot in both.spots} == {"same"}
        assert len(both.spots) == 2 + len(before.leaves) + 1
