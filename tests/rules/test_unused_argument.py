"""unused-argument: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net("Conv2d: {out_channels: 8, kernel_size: 1, dilation: 2}"),
        ["dilation has no effect with a kernel of 1"],
    ),
    (net("Conv2d: {out_channels: 8, kernel_size: [1, 3], dilation: 2}"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_unused_argument_flags_its_business_and_nothing_else(
    text: str, expected: list[str]
) -> None:
    assert messages(text, "unused-argument") == expected
