"""idle-scheduler: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

SCHEDULES = [
    ("{StepLR: 4}", []),
    ("{StepLR: 5}", ["StepLR never steps: step_size 5, and there are 5 epochs"]),
    ("{MultiStepLR: [[2, 4]]}", []),
    (
        "{MultiStepLR: [[2, 7]]}",
        ["MultiStepLR takes its last step too late: milestones [2, 7], and there are 5 epochs"],
    ),
    (
        "{MultiStepLR: [[6, 7]]}",
        ["MultiStepLR never steps: milestones [6, 7], and there are 5 epochs"],
    ),
    ("CosineAnnealingLR", []),
    ("{CosineAnnealingLR: 5}", []),
    (
        "{CosineAnnealingLR: 3}",
        ["CosineAnnealingLR is at its lowest after 3 of 5 epochs, then rises again"],
    ),
    ("{CosineAnnealingLR: 9}", ["CosineAnnealingLR ends after 9 epochs, and there are 5"]),
    ("{PolynomialLR: 9}", ["PolynomialLR ends after 9 epochs, and there are 5"]),
    ("{LinearLR: {total_iters: 5}}", []),
    ("{ReduceLROnPlateau: {patience: 4}}", []),
    ("ReduceLROnPlateau", ["ReduceLROnPlateau never steps: patience 10, and there are 5 epochs"]),
    ("{ExponentialLR: 0.9}", []),
    ("{OneCycleLR: 0.1}", []),
]


@pytest.mark.parametrize(("scheduler", "expected"), SCHEDULES)
def test_schedule_that_fits_into_the_epochs_is_left_alone(
    scheduler: str, expected: list[str]
) -> None:
    text = net(
        "Flatten", "Linear: 10", more=TRAIN.replace("}, b", f"}}, scheduler: {scheduler}, b")
    )
    assert messages(text, "idle-scheduler") == expected
