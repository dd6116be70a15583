"""nothing-left-to-see: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, 3, 1, 1]", shape="[4, 1, 1]"), []),
    (net("Conv2d: [8, 15, 1, 7]", "Conv2d: [8, 1]", shape="[4, 8, 8]"), []),
    (
        net(
            "Conv2d: [4, 15, 1, 7]",
            "Residual: [{Conv2d: [4, 1]}]",
            "Conv2d: [4, 3]",
            shape="[4, 8, 8]",
        ),
        [],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_nothing_left_to_see_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "nothing-left-to-see") == expected
