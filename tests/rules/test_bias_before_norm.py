"""bias-before-norm: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net("Linear: 8", "BatchNorm1d", shape="[4]"),
        ["1 (BatchNorm1d) cancels this bias: 8 parameters wasted"],
    ),
    (net("Conv2d: [8, 3]", "ReLU", "BatchNorm2d"), []),
    (net("Conv2d: [8, 3]", "Concat: [[], [BatchNorm2d]]"), []),
    (
        net("Sequential: [{Conv2d: [8, 3]}]", "Sequential: [BatchNorm2d]"),
        ["1.0 (BatchNorm2d) cancels this bias: 8 parameters wasted"],
    ),
    (net("Conv2d: [8, 3, 1, 1]", "Residual: [BatchNorm2d]"), []),
    (
        net("Conv2d: [8, 3]", "Dropout: 0", "Identity", "InstanceNorm2d"),
        ["3 (InstanceNorm2d) cancels this bias: 8 parameters wasted"],
    ),
    (net("Conv2d: [8, 3]", "LayerNorm"), []),
    (net("Flatten: 2", "Permute: [1, 0]", "Linear: 8", "BatchNorm1d"), []),
    (net("Conv2d: [8, 3]", "LocalResponseNorm: 5"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_bias_before_norm_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "bias-before-norm") == expected
