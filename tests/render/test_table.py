"""The layer table: what it says, and how it fits."""

from __future__ import annotations

import pytest

from netspec.compiler import compile
from netspec.render import table
from netspec.render.columns import columns
from netspec.render.look import Look
from netspec.source import parse


def rows(layers: str, shape: str = "[1, 32, 32]", look: Look | None = None) -> list[str]:
    plan = compile(parse(f"input: {shape}\nlayers: [{layers}]\n", "net.yaml"))
    return table.layers(plan.leaves, look or Look())


KERNELS = {
    "{Conv2d: [4, 3]}": "3", "{Conv2d: [4, 3, 2]}": "3 s2", "{Conv2d: [4, 3, 1, 0, 2]}": "3 d2",
    "{Conv2d: {out_channels: 4, kernel_size: [3, 5], stride: [1, 2], dilation: 2}}": "3x5 s1x2 d2",
    "{MaxPool2d: 2}": "2 s2", "{MaxPool2d: [3, 1]}": "3", "{AvgPool2d: [3, 2]}": "3 s2",
    "{ConvTranspose2d: [4, 2, 2]}": "2 s2", "{AdaptiveAvgPool2d: 1}": "", "ReLU": "",
}  # fmt: skip


@pytest.mark.parametrize("layer", KERNELS)
def test_kernel_stride_and_dilation_are_shown(layer: str) -> None:
    head, row = rows(layer)
    start = head.index("kernel")
    assert row[start : head.index("output")].strip() == KERNELS[layer]


def test_shares_are_of_all_parameters_and_all_macs() -> None:
    _, conv, _, linear = rows("{Conv2d: [1, 3]}, Flatten, {Linear: 10}")
    assert conv.split()[-6:-2] == ["10", "0.1", "8,100", "47"]
    assert linear.split()[-6:-2] == ["9,010", "100", "9,000", "53"]


def test_names_of_wide_letters_are_aligned() -> None:
    lines = columns([("日本", "x"), ("abcd", "y")], "<<")
    assert lines == ["日本  x", "abcd  y"]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_columns_are_left_out_where_the_terminal_ends(width: int) -> None:
    wide = rows("{Conv2d: [4, 3]}, {BatchNorm2d: }, {Conv2d: [400, 3]}")
    lines = rows("{Conv2d: [4, 3]}, {BatchNorm2d: }, {Conv2d: [400, 3]}", look=Look(width=width))
    assert max(map(len, lines)) <= max(width, 60)
    assert (lines == wide) == (max(map(len, wide)) <= width)
    assert lines[0].startswith("layer")


def test_a_long_name_is_cut_at_its_beginning() -> None:
    lines = columns([("specs/a/very/long/way/down/net.yaml", "1234567")], "<>", Look(width=30))
    assert len(lines[0]) == 30
    assert lines[0].startswith("…")
    assert "net.yaml  1234567" in lines[0]
