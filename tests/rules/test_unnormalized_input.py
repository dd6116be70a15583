"""unnormalized-input: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

PLAIN = TRAIN.replace("MNIST", "MNIST, mean: [0], std: [1]")
WARNING = ["a mean of 0 and a deviation of 1 leave pixels at 0 to 1"]

CASES: list[tuple[str, list[str]]] = [
    ("BatchNorm2d", []),
    ("InstanceNorm2d", []),
    ("LayerNorm", []),
    ("RMSNorm", []),
    ("GroupNorm: 1", []),
    ("Identity", WARNING),
    # It divides by a few neighbouring channels, and the pixels keep their scale.
    ("LocalResponseNorm: 5", WARNING),
]


@pytest.mark.parametrize(("first", "expected"), CASES)
def test_unnormalized_input_is_any_that_no_norm_brings_to_one_scale(
    first: str, expected: list[str]
) -> None:
    text = net(first, "Flatten", "Linear: 10", more=PLAIN)
    assert messages(text, "unnormalized-input") == expected
