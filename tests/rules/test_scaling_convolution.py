"""scaling-convolution: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("Conv2d: [8, 1, 1, 0, 1, 4]", shape="[8, 5, 5]"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_scaling_convolution_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "scaling-convolution") == expected
