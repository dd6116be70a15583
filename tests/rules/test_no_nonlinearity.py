"""no-nonlinearity: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net("Conv2d: [8, 3]", "BatchNorm2d", "AvgPool2d: 2", "Dropout", "Conv2d: [8, 3]"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    (net("Conv2d: [8, 3]", "MaxPool2d: 2", "Conv2d: [8, 3]"), []),
    (net("Conv2d: [8, 3]", "Gate: [AdaptiveAvgPool2d: 1]", "Conv2d: [8, 3]"), []),
    (net("Conv2d: [2, 1]", "Conv2d: [8, 3]", shape="[8, 9, 9]"), []),
    (
        net("Conv2d: [16, 1]", "Conv2d: [8, 3]", shape="[8, 9, 9]"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    (net("Conv2d: [8, 3, 1, 0, 1, 8]", "Conv2d: [16, 1]", shape="[8, 9, 9]"), []),
    (net("Conv2d: [8, [3, 1]]", "Conv2d: [8, [1, 3]]"), []),
    (
        net("Conv2d: [8, 3]", "Flatten", "Linear: 10"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
    (
        net("Residual: [{Conv2d: [1, 3, 1, 1]}, {Conv2d: [1, 3, 1, 1]}]"),
        ["nothing between 0.body.0 (Conv2d) and this is non-linear"],
    ),
    (net("Conv2d: [8, 3]", "LPPool2d: [2, 2]", "Conv2d: [8, 3]"), []),
    (net("Conv2d: [8, 3]", "LayerNorm", "Conv2d: [8, 3]"), []),
    (
        net("Conv2d: [8, 3]", "StochasticDepth: [0.5, row]", "Conv2d: [8, 3]"),
        ["nothing between 0 (Conv2d) and this is non-linear"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_no_nonlinearity_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "no-nonlinearity") == expected
