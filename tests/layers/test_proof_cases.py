"""Named specs held against torch: what once was wrong, and that what is wrong is noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from proof import compare

from netspec import layers
from netspec.flow.flow import Flow
from netspec.flow.window import Strided

CASES: dict[str, tuple[list[int], list[Any]]] = {
    "adaptive sizes of null": ([3, 5, 4], [{"AdaptiveMaxPool2d": {"output_size": [None, None]}}]),
    "one adaptive size of null": ([3, 5], [{"AdaptiveAvgPool1d": [None]}]),
    "no normalized shape": ([4, 5], [{"LayerNorm": [None]}, {"RMSNorm": [None]}]),
    "one factor for all axes": ([3, 4, 5], [{"Upsample": {"scale_factor": 2.0}}]),
    "one size for all axes": ([3, 4, 5], [{"UpsamplingNearest2d": 7}]),
    "a list of one size on two axes": ([8, 6, 6], [{"UpsamplingBilinear2d": {"size": [1]}}]),
    "nearest to the same size": ([2, 3, 6], [{"UpsamplingNearest2d": {"scale_factor": 1.3}}]),
    "nothing added to the variance": ([4, 14], [{"BatchNorm1d": {"eps": 0.0}}]),
    "a window larger than the map in 3d": (
        [3, 5, 3, 7],
        [{"LPPool3d": {"norm_type": 2, "kernel_size": [3, 4, 3], "ceil_mode": True}}],
    ),
    "a padded window larger than the map in 3d": (
        [1, 6, 1, 7],
        [{"AvgPool3d": {"kernel_size": [3, 2, 2], "padding": 1}}],
    ),
    "padding of more than half the kernel": (
        [4, 7, 4],
        [{"MaxPool2d": {"kernel_size": 3, "stride": 1, "padding": 2, "dilation": 2}}],
    ),
    "a factor with one of the positions": ([2, 7], [{"Gate": [{"Conv1d": [2, 7]}]}]),
    "a factor with all of the positions": ([2, 7], [{"Gate": [{"Conv1d": [2, 3, 1, 1]}]}]),
    "rows joined with a column": ([1, 4, 1], [{"Flatten": 2}, {"Conv1d": [1, 1, 4]}]),
    "rows joined with columns": ([1, 2, 2], [{"Flatten": 2}, {"Conv1d": [1, 1, 4]}]),
    "three axes joined, then read in turns": (
        [2, 2, 3, 4],
        [{"Flatten": 2}, {"MaxPool1d": {"kernel_size": 3, "stride": 7}}],
    ),
    "the last two of three axes joined": (
        [2, 4, 3, 2],
        [{"Conv3d": [2, 2]}, {"Flatten": 3}, {"Conv2d": [3, 2]}],
    ),
    "joined with padding that hides the rest": (
        [1, 3, 2],
        [{"ZeroPad2d": [[1, 0, 0, 1]]}, {"Flatten": 2}, {"Conv1d": [1, 1, 3]}],
    ),
    "joined axes cut again": ([1, 4, 4], [{"Flatten": 2}, {"Unflatten": [2, [4, 4]]}]),
    "pixels through channels and back": (
        [1, 4, 4],
        [{"PixelUnshuffle": 2}, {"PixelShuffle": 2}],
    ),
    "channels of branches that become pixels": (
        [1, 4, 4],
        [{"Concat": [[], [], [], [{"Conv2d": [1, 3, 1, 1]}]]}, {"PixelShuffle": 2}],
    ),
    "features that become positions": (
        [1, 2, 3],
        ["Flatten", {"Unflatten": [1, [1, 6]]}, {"Conv1d": [1, 1, 4]}],
    ),
    "positions cut into two axes, the second padded": (
        [1, 6],
        [{"Unflatten": [2, [3, 2]]}, {"Conv2d": [1, 2, 2, 1]}, {"Flatten": 2}],
    ),
    "circular padding beside a crop": (
        [2, 5, 4],
        [{"CircularPad2d": [[-1, 2, 3, -2]]}, {"Conv2d": [1, 2, 2]}],
    ),
    "one window of maps that are too many axes": (
        [1, 1, 1],
        [{"Unflatten": [1, [-1, 1]]}, {"AdaptiveAvgPool2d": 1}],
    ),
    "one tap without dilation": ([4, 3, 5], [{"ConvTranspose2d": [1, 1, 1, 0, 0, 1, True, 0]}]),
    "channels last, and windows over rows there": (
        [2, 5, 4],
        [
            {"Conv2d": [3, 3]},
            {"Permute": [1, 2, 0]},
            {"LayerNorm": 3},
            {"Linear": 4},
            {"MaxPool2d": [[2, 1]]},
            {"Permute": [2, 0, 1]},
            {"Conv2d": [1, 2]},
        ],
    ),
    "rows put behind rows": (
        [2, 4, 5],
        [{"Permute": [1, 2, 0]}, {"Concat": [[], [{"Linear": 2}], [{"Conv2d": [3, 1]}]]}],
    ),
    "a factor for each row": (
        [2, 4, 5],
        [{"Permute": [1, 0, 2]}, {"Gate": [{"AdaptiveAvgPool2d": 1}, "Sigmoid"]}],
    ),
    "lines one after another, shifted by a token": (
        [2, 4, 5],
        [
            {"Flatten": 2},
            {"Permute": [1, 0]},
            "ClassToken",
            {"Permute": [1, 0]},
            {"Conv1d": [2, 3]},
        ],
    ),
    "attention over rows, channels in between": (
        [4, 3, 2],
        [{"Permute": [1, 0, 2]}, {"Flatten": 2}, {"SelfAttention": 2}],
    ),
    "in place on what a sigmoid keeps": ([2, 7], ["Sigmoid", {"ReLU": True}]),
}
"""What once was wrong."""


@pytest.mark.parametrize("case", CASES)
def test_what_once_was_wrong_agrees_with_torch(case: str) -> None:
    shape, entries = CASES[case]
    compare({"input": shape, "layers": entries})


NETWORK: dict[str, Any] = {
    "input": [4, 7, 6],
    "layers": [
        {"Conv2d": {"out_channels": 6, "kernel_size": 3, "groups": 2}},
        {"ConvTranspose2d": {"out_channels": 4, "kernel_size": 2, "groups": 2}},
        {"MaxPool2d": {"kernel_size": 2, "stride": 1}},
        {"Slice": {"dim": 1, "start": 1, "step": 2}},
        {"Scale": {"dim": -1}},
        {"ChannelPad": [1, 0]},
        {"Mean": {"dim": [-1], "keepdim": True}},
        {"Select": {"dim": 2, "index": 0}},
        {"Permute": [1, 0]},
        "ClassToken",
        {"SelfAttention": 1},
        "Flatten",
        {"Linear": 3},
    ],
}

MUTATIONS: dict[str, tuple[str, str, Callable[[Any], Any]]] = {
    "MACs of a convolution": ("Conv2d", "macs", lambda macs: macs + 1),
    "MACs of groups": ("Conv2d", "macs", lambda macs: 2 * macs),
    "MACs of a transposed convolution": ("ConvTranspose2d", "macs", lambda macs: 2 * macs),
    "MACs of a linear layer": ("Linear", "macs", lambda macs: macs + 3),
    "MACs of a pool": ("MaxPool2d", "macs", lambda macs: 1),
    "weights out of order": ("Linear", "weights", lambda found: dict(reversed(found.items()))),
    "no bias": ("Conv2d", "weights", lambda found: {"weight": found["weight"]}),
    "a buffer too many": ("Linear", "buffers", lambda found: {"steps": ()}),
    "a window too wide": ("Conv2d", "windows", lambda found: [
        window._replace(kernel=5, left=1, right=1) for window in found]),
    "MACs of the products of attention": ("SelfAttention", "macs", lambda macs: macs // 2),
    "a projection too many": ("SelfAttention", "weights", lambda found: found | {"bias_k": (1,)}),
    "a token that is not there": ("ClassToken", "weights", lambda found: {}),
    "axes that stay where they are": ("Permute", "flow", lambda y: y._replace(axes=tuple(
        axis._replace(along=1) if axis.along == 0 else axis for axis in y.axes))),
    "a window to one side": ("MaxPool2d", "windows", lambda found: [
        window._replace(left=1, right=-1) for window in found]),
    "a slice from another start": ("Slice", "_window", lambda window: window._replace(
        left=window.left + 1, right=window.right - 1)),
    "a slice of another step": ("Slice", "_window", lambda window: window._replace(
        stride=window.stride + 1, right=window.right + 1)),
    "a mean over another axis": ("Mean", "_axes", lambda axes: {axis - 1 for axis in axes}),
    "a factor along another axis": ("Scale", "weights", lambda found: {"weight": (5,)}),
    "a scale that multiplies and adds": ("Scale", "macs", lambda macs: 5),
}  # fmt: skip
"""A fact of a kind of layer, made wrong."""


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_fact_that_is_wrong_is_noticed(mutation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(NETWORK) == "accepted"
    kind, fact, wrong = MUTATIONS[mutation]
    model = layers.find(kind)
    true = getattr(model, fact)
    monkeypatch.setattr(model, fact, lambda *given: wrong(true(*given)))
    with pytest.raises(AssertionError):
        compare(NETWORK)


CROSSING: dict[str, Any] = {
    "input": [2, 9],
    "layers": [
        {"Graph": {
            "a": [{"Conv1d": [2, 3, 1, 1]}],
            "b": {"from": ["input", "a"], "join": "multiply", "layers": [{"Conv1d": [2, 1]}]},
            "c": {"from": ["b", "a", "input"], "join": "concat", "layers": [{"Conv1d": [2, 1]}]},
            "d": {"from": ["a", "c"], "join": "add"},
        }},
        {"Gate": {"branches": [[{"Conv1d": [2, 1]}], [{"Conv1d": [2, 3, 1, 1]}], []]}},
    ],
}  # fmt: skip


def too_little(y: Flow, flows: list[Flow]) -> Flow:
    """What is joined as if only its last part were read."""
    return y._replace(axes=flows[-1].axes)


def too_much(y: Flow, flows: list[Flow]) -> Flow:
    """What is joined as if each unit read its neighbours too."""
    window = Strided(3, left=1, right=1)
    return y._replace(axes=tuple(axis.through(window, 1, y.work) for axis in y.axes))


@pytest.mark.parametrize("wrong", [too_little, too_much])
@pytest.mark.parametrize(("kind", "join"), [("Graph", "joined"), ("Gate", "join")])
def test_a_join_that_reads_something_else_is_noticed(
    kind: str, join: str, wrong: Callable[..., Flow], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compare(CROSSING) == "accepted"
    model = layers.find(kind)
    true = getattr(model, join)

    def mutated(layer: Any, *given: Any) -> Flow:
        flows = list(given[-1])
        y: Flow = true(layer, *given)
        return wrong(y, flows) if len(flows) > 1 else y

    monkeypatch.setattr(model, join, mutated)
    with pytest.raises(AssertionError):
        compare(CROSSING)
