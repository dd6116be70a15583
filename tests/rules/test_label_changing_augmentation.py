"""label-changing-augmentation: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "FashionMNIST, augment: [RandomHorizontalFlip]"),
        ),
        [],
    ),
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace(
                "MNIST", "MNIST, augment: [{RandomHorizontalFlip: 0}, {RandomAffine: 20}]"
            ),
        ),
        [],
    ),
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("MNIST", "MNIST, augment: [{RandomRotation: 180}]"),
        ),
        ["RandomRotation by 180 degrees makes 6 and 9 of MNIST the same"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_label_changing_augmentation_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "label-changing-augmentation") == expected
