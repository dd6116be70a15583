"""positional-in-channels: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import findings, net


def said(entry: str, shape: str) -> list[tuple[str, str | None]]:
    found = [
        one for one in findings(net(entry, shape=shape)) if one.code == "positional-in-channels"
    ]
    return [(one.message, one.help) for one in found]


@pytest.mark.parametrize(
    ("entry", "kernel", "instead"),
    [
        ("Conv2d: [16, 10, 1]", "10", "Conv2d: [10, 1]"),
        ("Conv2d: [16, 8, 3, 1, 1]", "8", "Conv2d: [8, 3, 1, 1]"),
        ("Conv2d: [16, 6, 5]", "6", "Conv2d: [6, 5]"),
        ("Conv2d: [16, [3, 8], 1]", "3 x 8", "Conv2d: [[3, 8], 1]"),
        ("ConvTranspose2d: [16, 8, 2, 2]", "8", "ConvTranspose2d: [8, 2, 2]"),
        ("ConvTranspose2d: [16, 64, 3, 2, 1]", "64", "ConvTranspose2d: [64, 3, 2, 1]"),
    ],
)
def test_what_comes_in_written_as_what_goes_out_is_flagged(
    entry: str, kernel: str, instead: str
) -> None:
    message = f"16 is what comes in: here it is out_channels, and the kernel is {kernel}"
    assert said(entry, "[16, 28, 28]") == [(message, f"in_channels is inferred: write {instead}")]


def test_a_kernel_over_the_map_is_flagged() -> None:
    message = "4 is what comes in: here it is out_channels, and the kernel is 6"
    help = "in_channels is inferred: write ConvTranspose1d: [6, 2, 1]"
    assert said("ConvTranspose1d: [4, 6, 2, 1]", "[4, 5]") == [(message, help)]


@pytest.mark.parametrize(
    "entry",
    [
        "Conv2d: [16, 3, 1, 1]",
        "Conv2d: [16, 3, 2]",
        "Conv2d: [16, 7, 2, 3]",
        "Conv2d: [16, 4, 2, 1]",
        "Conv2d: [16, 4, 4]",
        "Conv2d: [16, 9]",
        "Conv2d: [8, 10, 1]",
        "Conv2d: {out_channels: 16, kernel_size: 10, stride: 1}",
        # Padding that keeps the length shows that the kernel is meant.
        "Conv2d: [16, 9, 1, 4]",
        "Conv2d: [16, 9, 1, same]",
        "Conv2d: [16, 9, 1, 8, 2]",
        "Conv2d: [16, 11, 1, 5, 1, 16]",
        "ConvTranspose2d: [16, 2, 2]",
        "ConvTranspose2d: [16, 4, 2, 1]",
    ],
)
def test_a_kernel_that_can_be_meant_is_not(entry: str) -> None:
    assert said(entry, "[16, 28, 28]") == []
