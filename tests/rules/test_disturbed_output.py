"""disturbed-output: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [10, 3]", "AdaptiveAvgPool2d: 1", "Flatten", more=TRAIN), []),
    (
        net("Conv2d: [10, 3]", "BatchNorm2d", "AvgPool2d: 26", "Flatten", more=TRAIN),
        ["batch norm between the logits and the loss"],
    ),
    (
        net("Conv2d: [10, 3]", "AdaptiveMaxPool2d: 1", "Flatten", more=TRAIN),
        ["max pool between the logits and the loss"],
    ),
    (net("Flatten", "Linear: 10", "BatchNorm1d"), []),
    # A power average is no max pool.
    (net("Conv2d: [10, 3]", "LPPool2d: [2, 26]", "Flatten", more=TRAIN), []),
    (
        net("Flatten", "Linear: 10", "StochasticDepth: [0.5, row]", more=TRAIN),
        ["stochastic depth between the logits and the loss"],
    ),
    (
        net("Flatten", "Linear: 10", "LogSoftmax", "StochasticDepth: [0.5, batch]", more=TRAIN),
        ["stochastic depth between the logits and the loss"],
    ),
    (
        net("Flatten", "Linear: 10", "AlphaDropout", more=TRAIN),
        ["dropout between the logits and the loss"],
    ),
    (net("Flatten", "Linear: 10", "StochasticDepth: [0, row]", "Dropout: 0", more=TRAIN), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_disturbed_output_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "disturbed-output") == expected
