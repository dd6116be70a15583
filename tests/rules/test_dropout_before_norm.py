"""dropout-before-norm: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net("Dropout: 0.1", "ReLU", "BatchNorm2d"),
        ["dropout of 0.1 shifts the variance that 2 (BatchNorm2d) learns"],
    ),
    (net("Dropout: 0.1", "Conv2d: [8, 3]", "BatchNorm2d"), []),
    (net("Dropout: 0", "BatchNorm2d"), []),
    (
        net("StochasticDepth: [0.1, row]", "BatchNorm2d"),
        ["stochastic depth of 0.1 shifts the variance that 1 (BatchNorm2d) learns"],
    ),
    (net("StochasticDepth: [0, row]", "BatchNorm2d"), []),
    (net("Residual: [StochasticDepth: [0.1, row]]", "BatchNorm2d"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_dropout_before_norm_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "dropout-before-norm") == expected
