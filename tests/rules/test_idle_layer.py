"""idle-layer: what is its business and what is not."""

from __future__ import annotations

import pytest
from audited import messages, net

CASES: list[tuple[str, list[str]]] = [
    (net("MaxPool2d: 1"), ["passes (1, 28, 28) on as it is"]),
    (net("MaxPool2d: [3, 1, 1]"), []),
    (net("ZeroPad2d: 0"), ["passes (1, 28, 28) on as it is"]),
    (net("ZeroPad2d: {padding: [1, -1, 0, 0]}"), []),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_idle_layer_flags_its_business_and_nothing_else(text: str, expected: list[str]) -> None:
    assert messages(text, "idle-layer") == expected
