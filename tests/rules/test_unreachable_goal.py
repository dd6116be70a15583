"""unreachable-goal: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import TRAIN, messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net(
            "Flatten",
            "Linear: 10",
            more=TRAIN.replace("}, b", "}, goal: {accuracy: 1, last_epochs: 5}, b"),
        ),
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_unreachable_goal_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "unreachable-goal") == expected
