"""spatial-linear: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, findings, messages, net

CONV = "Conv2d: [8, 3]"


@pytest.mark.parametrize(
    ("entries", "shape", "said"),
    [
        ([CONV, "ReLU", "Linear: 10"], "[1, 28, 28]", "(8, 26, 26) along its columns"),
        ([CONV, "AdaptiveAvgPool2d: 1", "Linear: 9"], "[1, 28, 28]", "(8, 1, 1) along its columns"),
        (["Linear: 64", "ReLU", "Linear: 10"], "[1, 28, 28]", "(1, 28, 28) along its columns"),
        (["Conv1d: [8, 3]", "ReLU", "Linear: 10"], "[1, 64]", "(8, 62) along its positions"),
        (["Conv3d: [4, 3]", "Linear: 10"], "[1, 8, 8, 8]", "(4, 6, 6, 6) along its columns"),
        (["Linear: 10"], "[1, 64]", "(1, 64) along its positions"),
        (["PixelUnshuffle: 2", "Linear: 10"], "[1, 28, 28]", "(4, 14, 14) along its columns"),
        (["LayerNorm", "Linear: 10"], "[1, 28, 28]", "(1, 28, 28) along its columns"),
        ([CONV, "Residual: [Linear: 26]"], "[1, 28, 28]", "(8, 26, 26) along its columns"),
    ],
)  # fmt: skip
def test_a_linear_layer_over_an_axis_of_a_map_is_flagged_once(
    entries: list[str], shape: str, said: str
) -> None:
    found = [one for one in findings(net(*entries, shape=shape)) if one.code == "spatial-linear"]
    assert [one.message for one in found] == [f"reads {said} only"]
    assert found[0].help == "Flatten before it"


@pytest.mark.parametrize(
    ("entries", "shape"),
    [
        (["Flatten", "Linear: 10"], "[1, 28, 28]"),
        (["Linear: 10"], "[64]"),
        ([CONV, "AdaptiveAvgPool2d: 1", "Flatten", "Linear: 10"], "[1, 28, 28]"),
        # Positions are mixed, or features are last, on purpose.
        (["Conv2d: [8, 7, 7]", "Flatten: 2", "Linear: 32", "GELU", "Linear: 16"], "[1, 28, 28]"),
        (["Flatten: 2", "LayerNorm: 784", "Linear: 32"], "[1, 28, 28]"),
        (["LayerNorm: 64", "Linear: 32"], "[49, 64]"),
        (["Flatten", "Unflatten: [1, [49, 16]]", "Linear: 32"], "[1, 28, 28]"),
        ([CONV, "Permute: [1, 2, 0]", "Linear: 32"], "[1, 28, 28]"),
        ([CONV, "Flatten: 2", "Permute: [1, 0]", "GELU", "Linear: 32"], "[1, 28, 28]"),
        (["Permute: [0, 2, 1]", "Linear: 32"], "[1, 28, 28]"),
    ],
)
def test_features_that_are_meant_are_not(entries: list[str], shape: str) -> None:
    assert messages(net(*entries, shape=shape), "spatial-linear") == []


def test_a_wrong_output_says_it_once() -> None:
    help = "Flatten before 2 (Linear), which reads one axis of a map"
    layers = [CONV, "ReLU", "Linear: 10"]
    for more, code in (TRAIN, "data-mismatch"), ("audit: {output: [10]}", "wrong-output"):
        found = findings(net(*layers, more=more))
        assert [(one.code, one.help) for one in found if one.severity == "error"] == [(code, help)]
        assert "spatial-linear" not in [one.code for one in found]
