"""Links, chained from the input on, give the units of the analysis again."""

from __future__ import annotations

from pathlib import Path

import pytest

from netspec import compiler, source
from netspec.compiler.links import links
from netspec.compiler.plan import Plan
from netspec.flow.units import Units

ROOT = Path(__file__).parents[2]
ODD = """
input: [4, 9, 12]
layers:
  - Conv2d: {out_channels: 4, kernel_size: 3, dilation: 2, padding: 2, padding_mode: reflect}
  - Gate: [AdaptiveAvgPool2d: 1, Conv2d: [4, 1], Sigmoid]
  - Residual: [Conv2d: {out_channels: 4, kernel_size: [1, 5], padding: [0, 2]}]
  - Concat: [[], [{ConvTranspose2d: [3, 3, 1, 1]}], [{MaxPool2d: [3, 1, 1]}]]
  - Graph:
      a: [{Conv2d: [4, 3, 2, 1]}]
      b: {from: a, layers: [{Upsample: {size: [9, 12]}}]}
      c: {from: [b, input], join: concat}
      d: {from: [b, b], join: multiply}
      out: {from: [c, d, input], join: concat}
  - AdaptiveAvgPool2d: 4
  - Flatten
  - Linear: 3
"""
PATHS = ["specs/mnist-8k.yaml", "examples/unet.yaml", "examples/hrnet.yaml",
         "examples/vit_b_16.yaml", "examples/mobilenet_v3_large.yaml"]  # fmt: skip


def pixels(units: Units) -> list[int]:
    """What each unit reads, as bits."""
    return [units.mask(i) << units.first[i] for i in range(units.count)]


def chained(plan: Plan) -> dict[int, list[list[int]]]:
    """What the units of each place read of the input, for each axis, as bits."""
    found = {-1: [[1 << p for p in range(n)] for n in plan.input[1:]]}
    for place, reader, reads in links(plan):
        after = []
        for before, units in zip(found[place], reads, strict=True):
            masks = [0] * units.count
            for i, mask in enumerate(pixels(units)):
                for p, read in enumerate(before):
                    masks[i] |= read if mask >> p & 1 else 0
            after.append(masks)
        for axis, own in enumerate(found.get(reader, [])):
            one, two = _alike(own, after[axis])
            after[axis] = [a | b for a, b in zip(one, two, strict=True)]
        found[reader] = after
    return found


def _alike(one: list[int], two: list[int]) -> tuple[list[int], list[int]]:
    """Both as long as the longer; a single one stands for all."""
    n = max(len(one), len(two))
    return one * (n // len(one)), two * (n // len(two))


@pytest.mark.parametrize("path", [*PATHS, "odd"])
def test_links_chained_from_the_input_give_the_units_of_the_analysis(path: str) -> None:
    plan = compiler.compile(
        source.parse(ODD, "odd.yaml") if path == "odd" else source.load(ROOT / path)
    )
    found = chained(plan)
    for number, leaf in enumerate(plan.leaves):
        for axis, masks in zip(leaf.output.axes, found[number], strict=True):
            one, two = _alike(pixels(axis.units), masks)
            assert one == two, f"{leaf.name} {leaf.kind}"


def test_the_links_of_a_layer_say_what_it_reads_of_the_one_before_it() -> None:
    plan = compiler.compile(source.parse("""
input: [1, 12]
layers: [{Conv1d: [2, 3]}, {Conv1d: {out_channels: 2, kernel_size: 2, dilation: 3, stride: 2}}]
""", "it.yaml"))  # fmt: skip
    (_, (place, reader, (units,))) = links(plan)
    assert (place, reader) == (0, 1)
    assert pixels(units) == [0b1001, 0b100100, 0b10010000, 0b1001000000]
