"""dead-taps: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (
        net("Conv2d: [8, 3, 1, 1]", shape="[4, 1, 1]"),
        ["8 of 9 taps only ever meet padding: 256 parameters wasted"],
    ),
    (
        net("Conv2d: [8, 3, 1, 2, 2]", shape="[4, 2, 2]"),
        ["8 of 9 taps only ever meet padding: 256 parameters wasted"],
    ),
    (net("Conv2d: [8, 3, 1, 1]", shape="[4, 2, 2]"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_dead_taps_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "dead-taps") == expected
