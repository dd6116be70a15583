"""Units that read nothing but padding on one axis read nothing at all: drawn, and held to torch."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from plans import compiled, plan_of
from proof import compare, noted

from netspec.compiler.plan import Plan

EXAMPLES = int(os.environ.get("NETSPEC_EXAMPLES", "2000"))

PADDED = {"Conv2d": {"out_channels": 1, "kernel_size": 1, "padding": [0, 1]}}
ROWS = {"Upsample": {"size": [4, 1], "mode": "nearest"}}
AWAY = {"ZeroPad2d": [[4, -4, 0, 0]]}


@st.composite
def layer(draw: DrawFn, size: list[int]) -> Any:
    """A layer with a good chance that some of its units read padding only."""
    side = [draw(st.integers(-n, n)) for n in (size[1], size[1], size[0], size[0])]
    pads, steps, kernel = ([draw(st.integers(a, b)) for _ in range(2)] for a, b in
                           ((0, 2), (1, 3), (1, 2)))  # fmt: skip
    return draw(
        st.sampled_from([
            {"ZeroPad2d": [side]},
            {"ConstantPad2d": [[side[0], -side[0], side[2], -side[2]], 0.0]},
            {"Conv2d": {"out_channels": 2, "kernel_size": kernel, "padding": pads}},
            {"Conv2d": {"out_channels": 2, "kernel_size": kernel, "padding": pads,
                        "stride": steps}},
            {"ConvTranspose2d": {"out_channels": 2, "kernel_size": kernel, "stride": steps}},
            {"MaxPool2d": {"kernel_size": 1, "stride": steps}},
            {"Upsample": {"size": steps, "mode": "nearest"}},
            {"AdaptiveAvgPool2d": {"output_size": steps}},
            {"ReplicationPad2d": [side]},
        ])
    )  # fmt: skip


@st.composite
def chain(draw: DrawFn, shape: tuple[int, ...], most: int) -> tuple[list[Any], tuple[int, ...]]:
    found = []
    for _ in range(draw(st.integers(1, most))):
        entry = draw(layer(list(shape[1:])))
        plan = compiled(shape, [entry])
        if isinstance(plan, Plan) and max(plan.output) <= 12:
            found.append(entry)
            shape = plan.output
    return found, shape


@st.composite
def specs(draw: DrawFn) -> dict[str, Any]:
    """A chain, a join of chains that are made to meet, and a chain."""
    shape = (1, draw(st.integers(1, 5)), draw(st.integers(1, 5)))
    before, middle = draw(chain(shape, 2))
    one, end = draw(chain(middle, 3))
    other, last = draw(chain(middle, 3))
    low, right = end[1] - last[1], end[2] - last[2]
    if draw(st.booleans()):
        meet = {"ZeroPad2d": [[right, 0, low, 0]]}
    else:
        meet = {"Upsample": {"size": list(end[1:]), "mode": "nearest"}}
    paths = [one, [*other, meet, {"Conv2d": [end[0], 1]}]]
    join = draw(st.sampled_from(["Concat", "Residual", "Gate"]))
    given: Any = {"body": paths[0], "shortcut": paths[1]} if join == "Residual" else paths
    joined = [*one, {"Gate": paths[1][len(other) :]}] if join == "Gate" else [{join: given}]
    ends = plan_after(shape, [*before, *joined])
    after = draw(chain(ends, 2))[0] if ends else []
    if draw(st.integers(0, 3)) == 0:
        after.append({"Flatten": 2})
    return {"input": list(shape), "layers": [*before, *joined, *after]}


def plan_after(shape: tuple[int, ...], entries: list[Any]) -> tuple[int, ...] | None:
    plan = compiled(shape, entries)
    return plan.output if isinstance(plan, Plan) else None


@settings(max_examples=EXAMPLES // 16)
@given(specs())
def test_what_reads_padding_only_is_known_on_every_axis(spec: dict[str, Any]) -> None:
    assert noted(compare, spec) in ("accepted", "refused", "stricter")


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        ([PADDED, ROWS], [None, None]),
        ([PADDED, ROWS, {"Flatten": 2}], [None, None]),
        ([{"Concat": [[PADDED, ROWS], [ROWS]]}], [(2, 2), (0, 0)]),
        ([{"Residual": [AWAY]}, {"Conv2d": [1, 1]}], [(2, 2), (2, 2)]),
        ([{"Residual": {"body": [AWAY], "shortcut": [AWAY]}}], [None, None]),
        ([{"Gate": [AWAY, "Sigmoid"]}], [(2, 2), (2, 2)]),
        ([{"ZeroPad2d": [[3, -3, 0, 0]]}], [None, None]),
        ([{"ZeroPad2d": [[2, -2, 0, 0]]}], [(2, 2), (0, 0)]),
    ],
)
def test_what_reads_padding_on_one_axis_sees_nothing_on_the_other(
    entries: list[Any], seen: list[tuple[int, int] | None]
) -> None:
    assert plan_of((1, 4, 4), entries).root.output.seen == seen
    compare({"input": [1, 4, 4], "layers": entries})


def test_pixels_that_only_such_units_read_are_never_read() -> None:
    plan = plan_of((1, 4, 3), [PADDED, ROWS])
    assert plan.never_read == [[0, 1, 2, 3], [0, 1, 2]]


def test_a_path_without_any_pixel_has_no_part_in_the_receptive_field() -> None:
    wide = {"Conv2d": {"out_channels": 1, "kernel_size": 3, "padding": 1}}
    plan = plan_of((1, 4, 4), [{"Residual": {"body": [wide], "shortcut": [AWAY, wide, wide]}}])
    assert plan.receptive_field == [3, 3]
    dark = plan_of((1, 4, 4), [AWAY]).root.output.axes
    assert [axis.field and axis.field.size for axis in dark] == [0, 0]


def test_phases_that_read_nothing_on_one_axis_have_no_field_on_the_other() -> None:
    holes = {"ConvTranspose2d": {"out_channels": 1, "kernel_size": 1, "stride": [2, 1]}}
    between = [{"ZeroPad2d": [[0, 0, -1, 0]]}, {"MaxPool2d": {"kernel_size": 1, "stride": [2, 1]}}]
    plan = plan_of((1, 4, 4), [holes, *between])
    assert [axis.field and axis.field.size for axis in plan.root.output.axes] == [0, 0]
