"""data-mismatch: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Flatten", "Linear: 10", more=TRAIN), []),
    (net("Linear: 10", shape="[784]", more=TRAIN), []),
    (
        net("Flatten", "Linear: 10", shape="[1, 32, 32]", more=TRAIN),
        ["MNIST has (1, 28, 28), the network reads (1, 32, 32)"],
    ),
    (
        net(
            "Flatten",
            "Linear: 10",
            shape="[1, 32, 32]",
            more=TRAIN.replace("MNIST", "MNIST, resize: true"),
        ),
        [],
    ),
    (net("Flatten", "Linear: 10", shape="[1, 16, 16]", more=TRAIN.replace("MNIST", "digits")), []),
    (net("Flatten", "Linear: 3", more=TRAIN.replace("MNIST", "folder")), []),
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, mean: [0.1, 0.2], std: [1, 1]"),
        ),
        ["mean is for 2 channels, images have 1"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_data_mismatch_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "data-mismatch") == expected
