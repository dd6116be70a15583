"""gridding: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, 3, 1, 2, 2]", "MaxPool2d: 2"), []),
    (
        net("Conv2d: [8, 3, 1, 2, 2]", "ReLU", "Conv2d: [8, 3, 1, 2, 2]"),
        ["the centre unit of 2 leaves out 4 of the 9 rows that it spans"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_gridding_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "gridding") == expected
