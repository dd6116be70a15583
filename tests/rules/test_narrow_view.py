"""narrow-view: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, 3]", "AvgPool2d: 20"), []),
    (
        net("Conv2d: [8, 3]", "AvgPool2d: 26", "AdaptiveAvgPool2d: 1", shape="[1, 5, 5]").replace(
            "26", "3"
        ),
        ["none of the 3 x 3 units pooled here sees more than 3 of 5 rows and columns"],
    ),
    (
        net("Conv2d: [8, 3]", "AvgPool2d: 26"),
        ["none of the 26 x 26 units pooled here sees more than 3 of 28 rows and columns"],
    ),
    (net("Conv2d: [8, 3]", "AvgPool2d: 13"), []),
    (net("Conv2d: [8, 3]", "Gate: [AdaptiveAvgPool2d: 1]", "AdaptiveAvgPool2d: 1"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_narrow_view_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "narrow-view") == expected
