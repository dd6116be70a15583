"""activation-on-logits: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Flatten", "Linear: 10", "Sigmoid"), []),
    (
        net("Conv2d: [10, 3]", "ReLU", "AdaptiveAvgPool2d: 1", "Flatten", more=TRAIN),
        ["CrossEntropyLoss reads logits, which ReLU cuts short"],
    ),
    (
        net("Flatten", "Linear: 10", "ReLU", "LogSoftmax", more=TRAIN),
        ["NLLLoss reads logits, which ReLU cuts short"],
    ),
    (net("Flatten", "Linear: 10", "LogSoftmax", more=TRAIN), []),
    # What drops, or moves elements, hides nothing.
    *(
        (
            net("Flatten", "Linear: 10", "ReLU", end, more=TRAIN),
            ["CrossEntropyLoss reads logits, which ReLU cuts short"],
        )
        for end in (
            "StochasticDepth: [0.5, row]",
            "StochasticDepth: [0, row]",
            "Dropout: 0",
            "AlphaDropout",
            "Identity",
        )
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_activation_on_logits_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "activation-on-logits") == expected
