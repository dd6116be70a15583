"""misaligned-join: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import findings, messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Residual: {body: [{Conv2d: [4, 3, 2, 1]}], shortcut: [{Conv2d: [4, 1, 2]}]}"), []),
    (
        net("Concat: [[{Conv2d: [4, 3, 2, 1]}], [{AvgPool2d: 2}]]"),
        ["units of 0 and 1 are centred 0.5 rows of the input apart"],
    ),
    (
        net("Concat: [[{Conv2d: [4, 15]}], [{Conv2d: [4, 2, 2]}]]"),
        ["0 and 1 step by 1 and 2 rows of the input"],
    ),
    (net("Concat: [[], [{MaxPool2d: 2}, {ConvTranspose2d: [1, 2, 2]}]]"), []),
    (
        net("Concat: [[], [{Conv2d: {out_channels: 1, kernel_size: 4, padding: same}}]]"),
        ["units of 0 and 1 are centred 0.5 rows of the input apart"],
    ),
    # A path of nothing but the holes between what is spread has no centre.
    (
        net(
            "Concat: [[{ConvTranspose2d: [1, 1, 2]}, {ZeroPad2d: -1}, {MaxPool2d: [1, 2]}], "
            "[{ZeroPad2d: [[0, -1, 0, -1]]}]]"
        ),
        [],
    ),
    # A factor that is spread has no place of its own.
    (net("Gate: {branches: [[{Conv2d: [4, 2, 2]}], [{Conv2d: [4, 28]}]]}"), []),
    (
        net(
            "Gate: {branches: [[{Conv2d: [4, 3, 1, 1]}], [{Conv2d: [4, 3, 1, 1]}], "
            "[{ZeroPad2d: [[1, 0, 1, 0]]}, {Conv2d: [4, 2]}]]}"
        ),
        [],
    ),
    # Padding on both sides, and one position more at the end of a window.
    (
        net("Concat: [[], [{Conv2d: {out_channels: 1, kernel_size: 2, padding: same}}]]"),
        ["units of 0 and 1 are centred 0.5 rows of the input apart"],
    ),
]


def causal(*entries: str) -> str:
    return net(*entries, shape="[4, 64]")


CAUSAL = [
    causal("Residual: [{ZeroPad1d: [[2, 0]]}, {Conv1d: [4, 3]}, ReLU]"),
    causal("Residual: [{ZeroPad1d: [[1, 0]]}, {Conv1d: [4, 2]}, ReLU]"),
    causal("Residual: [{ReplicationPad1d: [[8, 0]]}, {Conv1d: [4, 3, 1, 0, 4]}]"),
    causal("Residual: [{CircularPad1d: [[2, 0]]}, {Conv1d: [4, 3]}]"),
    # Padded on both sides, and what looks ahead cut off.
    causal("Residual: [{Conv1d: [4, 3, 1, 2]}, {ZeroPad1d: [[0, -2]]}]"),
    # Without padding, the input is cut off where the window has no past.
    causal("Residual: {body: [{Conv1d: [4, 3]}], shortcut: [{ZeroPad1d: [[-2, 0]]}]}"),
    causal("Residual: [{Conv1d: [4, 3, 1, 2]}, {Slice: {dim: 1, stop: -2}}]"),
    # What reads only the future.
    causal("Residual: [{ZeroPad1d: [[0, 2]]}, {Conv1d: [4, 3]}]"),
    causal("Concat: [[], [{ZeroPad1d: [[2, 0]]}, {Conv1d: [4, 3]}], "
           "[{ZeroPad1d: [[4, 0]]}, {Conv1d: [4, 3, 1, 0, 2]}]]"),
    causal("Residual: {body: [{ZeroPad1d: [[2, 0]]}, {Conv1d: [4, 3, 2]}], "
           "shortcut: [{Conv1d: [4, 1, 2]}]}"),
    causal("Residual: [{Residual: [{ZeroPad1d: [[2, 0]]}, {Conv1d: [4, 3]}]}, "
           "{ZeroPad1d: [[4, 0]]}, {Conv1d: [4, 3, 1, 0, 2]}]"),
    causal("Graph: {past: {from: input, layers: [{ZeroPad1d: [[2, 0]]}, {Conv1d: [4, 3]}]}, "
           "sum: {from: [input, past], join: add}}"),
    # Rows in order, columns on both sides.
    net("Residual: [{ZeroPad2d: [[1, 1, 2, 0]]}, {Conv2d: [1, 3]}]"),
]  # fmt: skip


@pytest.mark.parametrize("text", CAUSAL)
def test_paths_whose_units_end_at_the_same_pixel_are_meant_to(text: str) -> None:
    assert messages(text, "misaligned-join") == []


def test_help_where_padding_is_on_one_side_leaves_it_there() -> None:
    text = causal("Residual: [{ZeroPad1d: [[3, -1]]}, {Conv1d: [4, 3]}]")
    (found,) = [one for one in findings(text) if one.code == "misaligned-join"]
    assert found.message == "units of body and shortcut are centred 2 positions of the input apart"
    assert found.help == "padding on one side that ends, or begins, all paths at the same pixel"


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_misaligned_join_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "misaligned-join") == expected
