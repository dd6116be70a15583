"""mismatched-softmax: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Flatten", "Linear: 10", "LogSoftmax", more=TRAIN), []),
    (net("Flatten", "Linear: 10", "Softmax"), []),
    (
        net("Flatten", "Linear: 10", more=TRAIN.replace("batch", "loss: NLLLoss, batch")),
        ["NLLLoss needs log probabilities, and Linear gives none"],
    ),
    (
        net(
            "Flatten",
            "Linear: 10",
            "LogSoftmax",
            more=TRAIN.replace("batch", "loss: CrossEntropyLoss, batch"),
        ),
        ["CrossEntropyLoss applies a LogSoftmax of its own after this LogSoftmax"],
    ),
    # What drops changes nothing of what the last layer gives.
    *(
        (
            net("Flatten", "Linear: 10", "Softmax", end, more=TRAIN),
            ["CrossEntropyLoss applies a LogSoftmax of its own after this Softmax"],
        )
        for end in (
            "StochasticDepth: [0.5, row]",
            "StochasticDepth: [0, row]",
            "Dropout: 0",
            "AlphaDropout",
        )
    ),
    (net("Flatten", "Linear: 10", "LogSoftmax", "StochasticDepth: [0.5, row]", more=TRAIN), []),
    (net("Flatten", "Linear: 10", "LogSoftmax", "Dropout: 0", more=TRAIN), []),
    (
        net("Flatten", "Linear: 10", "Softmin", more=TRAIN),
        ["CrossEntropyLoss applies a LogSoftmax of its own after this Softmin"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_mismatched_softmax_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "mismatched-softmax") == expected
